using System.Globalization;

namespace Muster.Git;

/// <summary>Which names in a tree mean something to git, also on file systems that fold letters or drop characters.</summary>
internal static class GitNames
{
    /// <summary>Whether a path is git's own: in a <c>.git</c>, or a list of submodules.</summary>
    public static bool IsInternal(string path) => path.Split('/').Select(Folded).Any(name => name is ".git" or "git~1" or ".gitmodules" or "gitmod~1");

    /// <summary>Whether a link leads out of the tree, into git's files, or by a way that only following it would show.</summary>
    public static bool LeadsOut(string path, string? target)
    {
        if (string.IsNullOrEmpty(target) || target[0] == '/' || target.Contains('\\', StringComparison.Ordinal) || target.Contains('\0', StringComparison.Ordinal))
        {
            return true;
        }

        // Git trees hold no link among a path's own directories, so going up from it is exact; going up from a named
        // directory is not, as that may be a link itself.
        var steps = target.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(s => s != ".").ToList();
        var up = steps.TakeWhile(s => s == "..").Count();
        return up > path.Count(c => c == '/') || steps.Skip(up).Contains("..") || steps.Any(s => Folded(s) is ".git" or "git~1");
    }

    /// <summary>As the least careful file system would read it: letters folded, invisible characters and trailing dots and spaces dropped, a stream's name cut.</summary>
    private static string Folded(string name) =>
        string.Concat(name.Where(c => char.GetUnicodeCategory(c) is not UnicodeCategory.Format)).Split(':')[0].TrimEnd(' ', '.').ToLowerInvariant();
}
