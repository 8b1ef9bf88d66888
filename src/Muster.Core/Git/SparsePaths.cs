using System.Text;

namespace Muster.Git;

/// <summary>Which paths of a tree a sparse worktree holds, as git's list of patterns.</summary>
/// <remarks>
/// Patterns and not cones, so that a single file can be named; files at the top are always there, as build files are. The list lies in git's directory for
/// the worktree and counts by a setting of each call: <c>git sparse-checkout</c> would change the user's own configuration (extensions.worktreeConfig).
/// </remarks>
internal static class SparsePaths
{
    /// <summary>The list; null where a path cannot stand in one, and the whole tree is checked out.</summary>
    public static string? PatternsOf(IReadOnlyList<string> paths)
    {
        if (paths.Any(p => p.Contains('\n', StringComparison.Ordinal) || p.Trim('/') is "" or "."))
        {
            return null;
        }

        var patterns = new StringBuilder("/*\n!/*/\n");
        foreach (var path in paths)
        {
            patterns.Append('/');
            foreach (var letter in path.Trim('/'))
            {
                _ = letter is '\\' or '*' or '?' or '[' or ']' or ' ' ? patterns.Append('\\').Append(letter) : patterns.Append(letter);
            }

            patterns.Append('\n');
        }

        return patterns.ToString();
    }
}
