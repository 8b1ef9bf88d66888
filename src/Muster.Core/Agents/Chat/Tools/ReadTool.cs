using System.Globalization;
using System.Text;
using Microsoft.Extensions.AI;

namespace Muster.Agents.Chat.Tools;

/// <summary>Read: lines of one file with their numbers.</summary>
internal sealed class ReadTool(PathGuard guard, int mostCharacters) : IChatTool
{
    private const int UsualLines = 2_000;
    private static readonly AIFunctionDeclaration Told = ToolSchema.Declare(
        "Read",
        "Reads a file and returns its lines, each after its number and a tab. Long output is cut and says where to go on.",
        """
        {"file_path":{"type":"string","description":"Path relative to the root, or absolute."},
        "offset":{"type":"integer","description":"Number of the first line; 1 unless given."},
        "limit":{"type":"integer","description":"How many lines; 2000 unless given."}}
        """,
        "file_path");

    /// <inheritdoc/>
    public AIFunctionDeclaration Declaration => Told;

    /// <inheritdoc/>
    public bool OnlyReads => true;

    /// <inheritdoc/>
    public Task<string> RunAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var path = arguments.Text("file_path");
        var first = arguments.Number("offset", 1, 1, int.MaxValue);
        var limit = arguments.Number("limit", UsualLines, 1, 1_000_000);
        using var file = guard.Open(path);
        var length = RandomAccess.GetLength(file);
        if (TextLines.IsBinary(file))
        {
            throw new ToolException($"{path} is binary ({length:N0} bytes).");
        }

        var text = new StringBuilder();
        var number = 0;
        foreach (var line in TextLines.Read(file, cancellationToken))
        {
            if (++number < first)
            {
                continue;
            }

            if (number - (long)first >= limit || text.Length + line.Length + 12 > mostCharacters)
            {
                text.Append(CultureInfo.InvariantCulture, $"[cut: the file goes on; read from offset {number}]\n");
                return Task.FromResult(text.ToString());
            }

            text.Append(CultureInfo.InvariantCulture, $"{number,6}\t{line}\n");
        }

        if (length > TextLines.MostBytes)
        {
            text.Append(CultureInfo.InvariantCulture, $"[cut: the file has {length:N0} bytes, of which {TextLines.MostBytes:N0} are looked at]\n");
        }

        return Task.FromResult(text.Length > 0 ? text.ToString()
            : number == 0 ? "[the file is empty]"
            : $"[the file has {number:N0} lines; there is no line {first:N0}]");
    }
}
