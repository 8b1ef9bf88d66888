using System.Text;
using Microsoft.Extensions.AI;

namespace Muster.Agents.Chat.Tools;

/// <summary>Edit: replaces a text in a file that the attempt may write.</summary>
internal sealed class EditTool(PathGuard guard) : IChatTool
{
    private const int MostBytes = 8 << 20;
    private const string Properties =
        """
        {"file_path":{"type":"string","description":"Absolute path."},
        "old_string":{"type":"string"},
        "new_string":{"type":"string"},
        "replace_all":{"type":"boolean"}}
        """;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly AIFunctionDeclaration Told = ToolSchema.Declare(
        "Edit", "Replaces a text in a file that you have written. The old text must stand there exactly once, unless replace_all is set.", Properties, "file_path", "old_string", "new_string");

    private static readonly AIFunctionDeclaration ToldOfMore = ToolSchema.Declare(
        "Edit", "Replaces a text in a file that you may write. The old text must stand there exactly once, unless replace_all is set.", Properties, "file_path", "old_string", "new_string");

    /// <inheritdoc/>
    public AIFunctionDeclaration Declaration => guard.WritesMore ? ToldOfMore : Told;

    /// <inheritdoc/>
    public bool OnlyReads => false;

    /// <inheritdoc/>
    public Task<string> RunAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var place = guard.Writable(arguments.Text("file_path"));
        var (old, fresh) = (arguments.Text("old_string"), arguments.Text("new_string"));
        var text = Text(place.Full);
        var places = old.Length == 0 ? 0 : Count(text, old);
        if (places == 0)
        {
            throw new ToolException("The old text does not stand in the file.");
        }

        if (places > 1 && !arguments.Flag("replace_all"))
        {
            throw new ToolException($"The old text stands in the file {places:N0} times; give more of what is around it, or set replace_all.");
        }

        guard.Replace(place, Utf8.GetBytes(text.Replace(old, fresh, StringComparison.Ordinal)));
        return Task.FromResult($"Replaced {places:N0} places in {place.Full}");
    }

    private string Text(string path)
    {
        using var file = guard.Open(path);
        var length = RandomAccess.GetLength(file);
        if (length > MostBytes)
        {
            throw new ToolException($"The file has {length:N0} bytes, which is too long to edit; write it anew.");
        }

        var bytes = new byte[length];
        try
        {
            return Utf8.GetString(bytes, 0, RandomAccess.Read(file, bytes, 0));
        }
        catch (DecoderFallbackException)
        {
            throw new ToolException("The file is no UTF-8 text, so that editing it would change more than you asked; write it anew.");
        }
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
