using System.Globalization;
using System.Text;
using Microsoft.Extensions.AI;
using Muster.Agents.Inspect;

namespace Muster.Agents.Chat.Tools;

/// <summary>Glob: names of files in the task's scope; ignored and vendored ones are left out, as the inspector leaves them out.</summary>
internal sealed class GlobTool(PathGuard guard, SourceTrees trees, int mostCharacters) : IChatTool
{
    private static readonly AIFunctionDeclaration Told = ToolSchema.Declare(
        "Glob",
        "Lists the files whose path matches a pattern (*, ?, [a-z], {a,b}, ** over directories), relative to the root, with their sizes in bytes.",
        """
        {"pattern":{"type":"string","description":"For example src/**/*.cs, or *.yml for that name in any directory."},
        "path":{"type":"string","description":"A directory to look beneath; the root unless given. The pattern is then relative to it."}}
        """,
        "pattern");

    /// <inheritdoc/>
    public AIFunctionDeclaration Declaration => Told;

    /// <inheritdoc/>
    public bool OnlyReads => true;

    /// <inheritdoc/>
    public async Task<string> RunAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var matches = await SearchedFiles.ListAsync(guard, trees, arguments.Text("pattern"), arguments.TextOrNull("path"), cancellationToken);
        var text = new StringBuilder();
        for (var i = 0; i < matches.Files.Count; i++)
        {
            var file = matches.Files[i];
            var name = matches.NameOf(file);
            if (text.Length + name.Length + 24 > mostCharacters)
            {
                text.Append(CultureInfo.InvariantCulture, $"[cut: {matches.Files.Count - i:N0} more files match; use a narrower pattern]\n");
                break;
            }

            text.Append(CultureInfo.InvariantCulture, $"{name}\t{file.Length}\n");
        }

        return text.Length > 0 ? text.ToString() : "[no file matches]";
    }
}
