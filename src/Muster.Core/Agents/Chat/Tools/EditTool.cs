using System.Text;
using Microsoft.Extensions.AI;

namespace Muster.Agents.Chat.Tools;

/// <summary>Edit: replaces a text in the one file that the attempt may write.</summary>
internal sealed class EditTool(PathGuard guard) : IChatTool
{
    private const int MostBytes = 8 << 20;
    private static readonly AIFunctionDeclaration Told = ToolSchema.Declare(
        "Edit",
        "Replaces a text in a file that you have written. The old text must stand there exactly once, unless replace_all is set.",
        """
        {"file_path":{"type":"string","description":"Absolute path."},
        "old_string":{"type":"string"},
        "new_string":{"type":"string"},
        "replace_all":{"type":"boolean"}}
        """,
        "file_path",
        "old_string",
        "new_string");

    /// <inheritdoc/>
    public AIFunctionDeclaration Declaration => Told;

    /// <inheritdoc/>
    public bool OnlyReads => false;

    /// <inheritdoc/>
    public Task<string> RunAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        guard.RequireWritable(arguments.Text("file_path"));
        var (old, fresh) = (arguments.Text("old_string"), arguments.Text("new_string"));
        var text = Text();
        var places = old.Length == 0 ? 0 : Count(text, old);
        if (places == 0)
        {
            throw new ToolException("The old text does not stand in the file.");
        }

        if (places > 1 && !arguments.Flag("replace_all"))
        {
            throw new ToolException($"The old text stands in the file {places:N0} times; give more of what is around it, or set replace_all.");
        }

        WriteTool.Replace(guard.Writable, text.Replace(old, fresh, StringComparison.Ordinal));
        return Task.FromResult($"Replaced {places:N0} places in {guard.Writable}");
    }

    private string Text()
    {
        using var file = guard.Open(guard.Writable);
        var length = RandomAccess.GetLength(file);
        if (length > MostBytes)
        {
            throw new ToolException($"The file has {length:N0} bytes, which is too long to edit; write it anew.");
        }

        var bytes = new byte[length];
        return Encoding.UTF8.GetString(bytes, 0, RandomAccess.Read(file, bytes, 0));
    }

    private static int Count(string text, string part)
    {
        var count = 0;
        for (var at = text.IndexOf(part, StringComparison.Ordinal); at >= 0; at = text.IndexOf(part, at + part.Length, StringComparison.Ordinal))
        {
            count++;
        }

        return count;
    }
}
