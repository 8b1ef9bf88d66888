using Muster.Agents.Inspect;
using Muster.Plans;

namespace Muster.Agents.Chat.Tools;

/// <summary>The files that a search looks at: of the workspace where there is one, else of the tree, unless it names the other.</summary>
/// <param name="Directory">Absolute path of the one that they are in.</param>
/// <param name="IsHome">Whether relative paths mean this one.</param>
/// <param name="Files">In order of their paths.</param>
internal sealed record SearchedFiles(string Directory, bool IsHome, IReadOnlyList<SourceFile> Files)
{
    /// <summary>The path by which a model can name a file: relative, or absolute where that would mean another file.</summary>
    public string NameOf(SourceFile file) => IsHome ? file.Path : $"{Directory}/{file.Path}";

    /// <summary>Lists them.</summary>
    /// <param name="guard">What may be looked at.</param>
    /// <param name="trees">Listings of trees that stay as they are; a workspace does not, and is listed each time.</param>
    /// <param name="pattern">Null for every file.</param>
    /// <param name="path">A directory or file to look beneath; null for all.</param>
    /// <param name="cancellationToken">Ends the waiting for a listing.</param>
    /// <exception cref="ToolException">The pattern cannot be read, or the path lies outside.</exception>
    public static async Task<SearchedFiles> ListAsync(PathGuard guard, SourceTrees trees, string? pattern, string? path, CancellationToken cancellationToken)
    {
        var place = guard.InTrees(path);
        if (path is null && pattern is not null && Path.IsPathRooted(pattern))
        {
            place = guard.InTrees(FixedPart(pattern)) with { Relative = string.Empty }; // Models write patterns with the root before them.
        }

        if (place.Relative.Length > 0 && !guard.Holds(place, isDirectory: true))
        {
            throw new ToolException($"{path} is not in the scope of your task.");
        }

        try
        {
            var glob = pattern is null ? null : KnownGlobs.Parse(Trimmed(place.Directory, pattern));
            var tree = guard.IsWorkspace(place)
                ? await SourceTreeReader.ReadAsync(place.Directory, cancellationToken)
                : await trees.ReadAsync(place.Directory, cancellationToken);
            return new(place.Directory, place.Directory == guard.Home, [.. tree.Files.Where(IsMeant)]);

            bool IsMeant(SourceFile file) =>
                Under(place.Relative, file.Path) is { } rest && guard.Holds(place with { Relative = file.Path }, isDirectory: false) && glob?.IsMatch(rest) is not false;
        }
        catch (GlobException e)
        {
            throw new ToolException(e.Message);
        }
    }

    private static string FixedPart(string pattern) =>
        pattern.AsSpan().IndexOfAny("*?[{") is >= 0 and var at ? pattern[..Math.Max(1, pattern.LastIndexOf('/', at))] : pattern;

    private static string Trimmed(string root, string pattern) =>
        pattern.StartsWith(root + "/", StringComparison.Ordinal) ? pattern[(root.Length + 1)..] : pattern;

    private static string? Under(string directory, string path) =>
        directory.Length == 0 ? path
        : path == directory ? Path.GetFileName(path)
        : path.StartsWith(directory + "/", StringComparison.Ordinal) ? path[(directory.Length + 1)..]
        : null;
}
