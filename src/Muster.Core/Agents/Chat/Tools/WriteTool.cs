using System.Text;
using Microsoft.Extensions.AI;

namespace Muster.Agents.Chat.Tools;

/// <summary>Write: the whole of a file that the attempt may write.</summary>
internal sealed class WriteTool(PathGuard guard) : IChatTool
{
    private const string Properties =
        """{"file_path":{"type":"string","description":"Absolute path."},"content":{"type":"string","description":"The whole file."}}""";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private static readonly AIFunctionDeclaration Told = ToolSchema.Declare(
        "Write", "Writes a file, replacing what stands there. Only the file that your instructions name may be written.", Properties, "file_path", "content");

    private static readonly AIFunctionDeclaration ToldOfMore = ToolSchema.Declare(
        "Write", "Writes a file, replacing what stands there; directories are made. Only what your instructions let you write may be written.", Properties, "file_path", "content");

    /// <inheritdoc/>
    public AIFunctionDeclaration Declaration => guard.WritesMore ? ToldOfMore : Told;

    /// <inheritdoc/>
    public bool OnlyReads => false;

    /// <inheritdoc/>
    public Task<string> RunAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var place = guard.Writable(arguments.Text("file_path"));
        var content = arguments.Text("content");
        guard.Replace(place, Utf8.GetBytes(content));
        return Task.FromResult($"Wrote {content.Length:N0} characters to {place.Full}");
    }
}
