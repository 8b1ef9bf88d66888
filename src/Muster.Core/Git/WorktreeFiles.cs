using System.Text;

namespace Muster.Git;

/// <summary>The files by which a worktree and the repository know each other.</summary>
internal static class WorktreeFiles
{
    /// <summary>Written last, into git's directory for the worktree: whoever finds it knows that the worktree was whole when it was handed out.</summary>
    private const string Whole = "muster-whole";

    /// <summary>Whether the worktree's <c>.git</c> is the small file that names this directory, and no link or directory in its place.</summary>
    public static bool PointsAt(string path, string directory)
    {
        var file = new FileInfo(Path.Combine(path, ".git"));
        return file is { Exists: true, LinkTarget: null, Length: > 0 and < 16384 } // A pipe, on which reading would hang, has no length.
            && File.ReadAllText(file.FullName, Encoding.UTF8).TrimEnd('\n') == "gitdir: " + directory;
    }

    /// <summary>Whether a worktree is on a branch, read without git; where it looks otherwise, git is to be asked.</summary>
    public static bool IsOn(string directory, string branch) =>
        new FileInfo(Path.Combine(directory, "HEAD")) is { Exists: true, LinkTarget: null, Length: > 0 and < 4096 } head
        && File.ReadAllText(head.FullName, Encoding.UTF8) == $"ref: refs/heads/{branch}\n";

    /// <summary>What a worktree, or the repository itself, has checked out: a branch's full name, or a commit; "nothing" where git would say so.</summary>
    public static string HeadOf(string directory) =>
        new FileInfo(Path.Combine(directory, "HEAD")) is { Exists: true, LinkTarget: null, Length: > 0 and < 4096 } head
            && File.ReadAllText(head.FullName, Encoding.UTF8).TrimEnd('\n') is { Length: > 0 } text
            ? text.StartsWith("ref: ", StringComparison.Ordinal) ? text["ref: ".Length..] : text
            : "nothing";

    /// <summary>Makes it so. A repository that somebody made in its place is put beside the worktree, as nothing that is in no commit is removed.</summary>
    public static void Point(string path, string directory)
    {
        var pointer = Path.Combine(path, ".git");
        if (new DirectoryInfo(pointer) is { Exists: true, LinkTarget: null })
        {
            var beside = path + ".git";
            for (var i = 1; Path.Exists(beside); i++)
            {
                beside = $"{path}.git-{i}";
            }

            Directory.Move(pointer, beside);
        }
        else
        {
            File.Delete(pointer);
        }

        File.WriteAllText(pointer, "gitdir: " + directory + "\n");
    }

    /// <summary>Git's directory for the worktree at a path; null where git has none.</summary>
    public static string? DirectoryOf(string common, string path) => All(common).FirstOrDefault(w => w.Path == path).Directory;

    /// <summary>Git's directories for worktrees, with their paths; read here, as git itself refuses to list any when one of them is cut short.</summary>
    public static IEnumerable<(string Directory, string Path)> All(string common)
    {
        var all = Path.Combine(common, "worktrees");
        return Directory.Exists(all)
            ? Directory.EnumerateDirectories(all).Select(d => (d, Text(Path.Combine(d, "gitdir"))?.TrimEnd('\n')))
                .Where(w => w.Item2?.EndsWith("/.git", StringComparison.Ordinal) == true).Select(w => (w.d, w.Item2![..^"/.git".Length]))
            : [];
    }

    /// <summary>Git was killed while it wrote the record: no command lists worktrees until it is gone (seen in 2.39), and no file was checked out.</summary>
    public static bool IsCutShort(string directory) => new FileInfo(Path.Combine(directory, "commondir")) is not { Exists: true, Length: > 0 };

    public static bool IsWhole(string directory) => File.Exists(Path.Combine(directory, Whole));

    public static void MarkWhole(string directory) => File.WriteAllText(Path.Combine(directory, Whole), string.Empty);

    public static void UnmarkWhole(string directory) => File.Delete(Path.Combine(directory, Whole));

    public static string SparseList(string directory) => Path.Combine(directory, "info", "sparse-checkout");

    private static string? Text(string file) => File.Exists(file) ? File.ReadAllText(file, Encoding.UTF8) : null;
}
