using Muster.Git;

namespace Muster.Pipeline;

/// <summary>Finds what a merge left between marks and nobody settled.</summary>
internal static class ConflictMarks
{
    private const int MostBytes = 4 << 20;

    /// <summary>A sentence for each changed file that has such marks.</summary>
    public static async Task<IReadOnlyList<string>> InAsync(Worktree worktree, BranchDiff diff, CancellationToken stop)
    {
        var found = new List<string>();
        foreach (var path in diff.Paths.Where(p => p is { Status: not 'D', IsLink: false, IsSubmodule: false }).Select(p => p.Path))
        {
            using var file = Artefacts.BeneathFile.TryOpen(worktree.Path, path, mayBeHardLinked: true, out _);
            if (file is null || RandomAccess.GetLength(file) > MostBytes)
            {
                continue;
            }

            using var reader = new StreamReader(new FileStream(file, FileAccess.Read));
            var (begun, divided) = (false, false);
            while (await reader.ReadLineAsync(stop) is { } line)
            {
                begun |= line.StartsWith("<<<<<<< ", StringComparison.Ordinal);
                divided |= begun && line == "=======";
                if (divided && line.StartsWith(">>>>>>> ", StringComparison.Ordinal))
                {
                    found.Add($"{path} still has the marks of a conflict.");
                    break;
                }
            }
        }

        return found;
    }
}
