namespace Muster.Git;

/// <summary>A worktree as git lists it.</summary>
/// <param name="Path">Absolute path of its files.</param>
/// <param name="Head">The commit it is at; null on a branch without commits.</param>
/// <param name="Branch">Full name of the branch that is checked out; null when detached.</param>
/// <param name="Lock">Why it is locked; null when it is not.</param>
internal sealed record ListedWorktree(string Path, string? Head, string? Branch, string? Lock)
{
    public static IReadOnlyList<ListedWorktree> Read(string porcelain)
    {
        var listed = new List<ListedWorktree>();
        foreach (var field in porcelain.Split('\0'))
        {
            var (name, value) = field.IndexOf(' ', StringComparison.Ordinal) is var space and >= 0 ? (field[..space], field[(space + 1)..]) : (field, string.Empty);
            if (name == "worktree")
            {
                listed.Add(new(value, Head: null, Branch: null, Lock: null));
            }
            else if (listed.Count > 0)
            {
                listed[^1] = name switch
                {
                    "HEAD" => listed[^1] with { Head = value.Trim('0').Length == 0 ? null : value },
                    "branch" => listed[^1] with { Branch = value },
                    "locked" => listed[^1] with { Lock = value },
                    _ => listed[^1],
                };
            }
        }

        return listed;
    }
}
