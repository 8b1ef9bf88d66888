using System.Globalization;
using System.Text;
using Microsoft.Extensions.AI;
using Muster.Agents.Inspect;
using Muster.Plans;

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
        var matches = await ListAsync(guard, trees, arguments.Text("pattern"), arguments.TextOrNull("path"), cancellationToken);
        var text = new StringBuilder();
        for (var i = 0; i < matches.Count; i++)
        {
            var file = matches[i];
            if (text.Length + file.Path.Length + 24 > mostCharacters)
            {
                text.Append(CultureInfo.InvariantCulture, $"[cut: {matches.Count - i:N0} more files match; use a narrower pattern]\n");
                break;
            }

            text.Append(CultureInfo.InvariantCulture, $"{file.Path}\t{file.Length}\n");
        }

        return text.Length > 0 ? text.ToString() : "[no file matches]";
    }

    /// <summary>The files of the tree that a tool may look at.</summary>
    /// <param name="guard">What is in scope.</param>
    /// <param name="trees">The listing.</param>
    /// <param name="pattern">Null for every file.</param>
    /// <param name="path">A directory or file to look beneath; null for the root.</param>
    /// <param name="cancellationToken">Ends the waiting for a listing.</param>
    /// <exception cref="ToolException">The pattern cannot be read, or the path lies outside.</exception>
    public static async Task<IReadOnlyList<SourceFile>> ListAsync(
        PathGuard guard, SourceTrees trees, string? pattern, string? path, CancellationToken cancellationToken)
    {
        var below = path is null ? string.Empty : guard.InTree(path);
        if (guard.Tree is not { } root || (below.Length > 0 && !guard.ReachesInto(below)))
        {
            throw new ToolException($"{path ?? "The tree"} is not in the scope of your task.");
        }

        try
        {
            var glob = pattern is null ? null : Glob.Parse(Trimmed(root, pattern));
            var tree = await trees.ReadAsync(root, cancellationToken);
            return [.. tree.Files.Where(file => Under(below, file.Path) is { } rest && guard.IsInScope(file.Path) && glob?.IsMatch(rest) is not false)];
        }
        catch (GlobException e)
        {
            throw new ToolException(e.Message);
        }
    }

    /// <summary>Models write patterns with the root before them.</summary>
    private static string Trimmed(string root, string pattern) =>
        pattern.StartsWith(root + "/", StringComparison.Ordinal) ? pattern[(root.Length + 1)..] : pattern;

    private static string? Under(string directory, string path) =>
        directory.Length == 0 ? path
        : path == directory ? Path.GetFileName(path)
        : path.StartsWith(directory + "/", StringComparison.Ordinal) ? path[(directory.Length + 1)..]
        : null;
}
