using System.Text;
using Microsoft.Extensions.AI;

namespace Muster.Agents.Chat.Tools;

/// <summary>Write: the whole of the one file that the attempt may write.</summary>
internal sealed class WriteTool(PathGuard guard) : IChatTool
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);
    private static readonly AIFunctionDeclaration Told = ToolSchema.Declare(
        "Write",
        "Writes a file, replacing what stands there. Only the file that your instructions name may be written.",
        """{"file_path":{"type":"string","description":"Absolute path."},"content":{"type":"string","description":"The whole file."}}""",
        "file_path",
        "content");

    /// <inheritdoc/>
    public AIFunctionDeclaration Declaration => Told;

    /// <inheritdoc/>
    public bool OnlyReads => false;

    /// <inheritdoc/>
    public Task<string> RunAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        guard.RequireWritable(arguments.Text("file_path"));
        var content = arguments.Text("content");
        Replace(guard.Writable, content);
        return Task.FromResult($"Wrote {content.Length:N0} characters to {guard.Writable}");
    }

    /// <summary>Puts a new file in the place of whatever is there: a link is replaced, never written through.</summary>
    public static void Replace(string path, string content)
    {
        var fresh = path + ".new";
        File.Delete(fresh);
        using (var file = new FileStream(fresh, FileMode.CreateNew, FileAccess.Write))
        {
            file.Write(Utf8.GetBytes(content));
        }

        File.Move(fresh, path, overwrite: true);
    }
}
