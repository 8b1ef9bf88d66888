using System.Collections.Immutable;

namespace Muster.Git;

/// <summary>What a branch changed since a commit, read from the repository and never from a worktree.</summary>
/// <param name="Base">The commit before.</param>
/// <param name="Head">The commit after.</param>
/// <param name="Paths">The changed paths in git's order, at most <see cref="MostPaths"/>; a rename is a deletion and an addition.</param>
/// <param name="Count">How many there are.</param>
public sealed record BranchDiff(string Base, string Head, ImmutableArray<ChangedPath> Paths, int Count)
{
    /// <summary>More paths than this are counted and not listed.</summary>
    public const int MostPaths = 20_000;

    /// <summary>Lines added in the listed paths.</summary>
    public int Added => Paths.Sum(p => p.Added);

    /// <summary>Lines deleted in the listed paths.</summary>
    public int Deleted => Paths.Sum(p => p.Deleted);

    /// <summary>Reads the difference of two commits.</summary>
    public static async Task<BranchDiff> ReadAsync(GitRepository repository, string baseCommit, string head, CancellationToken cancellationToken)
    {
        var answer = await repository.Place.AskAsync(
            ["diff-tree", "-r", "-z", "--raw", "--numstat", "--no-renames", "--no-abbrev", "--no-ext-diff", "--no-textconv", "--ignore-submodules=none", baseCommit, head], cancellationToken);
        var fields = answer.Text.Split('\0', StringSplitOptions.RemoveEmptyEntries);
        var (raw, lines) = (new List<(string[] Facts, string Path)>(), new Dictionary<string, (int, int)>(StringComparer.Ordinal));
        for (var i = 0; i < fields.Length; i++)
        {
            if (fields[i][0] == ':')
            {
                raw.Add((fields[i][1..].Split(' '), fields[++i])); // :100644 100644 OBJECT OBJECT M
            }
            else if (fields[i].Split('\t', 3) is [var added, var deleted, var path])
            {
                lines[path] = (Number(added), Number(deleted));
            }
        }

        var listed = raw.Take(MostPaths).ToList();
        var read = listed.Where(IsRead).Select(r => r.Facts[3]).Where(o => o.Trim('0').Length > 0).ToList();
        var texts = await ObjectTexts.ReadAsync(repository.Place, read, cancellationToken);
        return new(
            baseCommit,
            head,
            [.. listed.Select(r => new ChangedPath(
                r.Path, r.Facts[4][0], r.Facts[0], r.Facts[1], lines.GetValueOrDefault(r.Path).Item1, lines.GetValueOrDefault(r.Path).Item2,
                IsRead(r) ? texts.GetValueOrDefault(r.Facts[3]) : null))],
            raw.Count);
    }

    private static bool IsRead((string[] Facts, string Path) change) => change.Facts[1] == "120000"
        || change.Path[(change.Path.LastIndexOf('/') + 1)..].Equals(".gitattributes", StringComparison.OrdinalIgnoreCase);

    private static int Number(string text) => int.TryParse(text, out var number) ? number : 0; // "-" for what is not text.
}
