using System.Text;
using Muster.Artefacts;
using Muster.Git;

namespace Muster.Pipeline;

/// <summary>Finds secrets of known form in what an agent wants committed: once they are in a history that travels, they have to be renewed.</summary>
internal static class CommittedSecrets
{
    private const int MostBytes = 4 << 20, MostOfFile = 10;

    /// <summary>A sentence for each that the base has not; none stands there whole.</summary>
    /// <param name="repository">Where what was before is read.</param>
    /// <param name="worktree">It holds just what was committed.</param>
    /// <param name="diff">What was committed.</param>
    /// <param name="stop">Ends git.</param>
    public static async Task<IReadOnlyList<string>> InAsync(GitRepository repository, Worktree worktree, BranchDiff diff, CancellationToken stop)
    {
        var found = new List<string>();
        foreach (var path in diff.Paths.Where(p => p is { Status: not 'D', IsLink: false, IsSubmodule: false }).Select(p => p.Path))
        {
            using var file = BeneathFile.TryOpen(worktree.Path, path, mayBeHardLinked: true, out _);
            if (file is null || RandomAccess.GetLength(file) is var length && length > MostBytes)
            {
                continue;
            }

            var bytes = new byte[length];
            var text = Encoding.UTF8.GetString(bytes, 0, await RandomAccess.ReadAsync(file, bytes, 0, stop));
            var secrets = SecretMask.Find(text).Take(MostOfFile).ToList();
            var known = secrets.Count == 0 ? [] : SecretMask.Find(await repository.ReadFileAsync(diff.Base, path, stop) ?? string.Empty).Select(s => s.Secret).ToHashSet(StringComparer.Ordinal);
            found.AddRange(secrets.Where(s => !known.Contains(s.Secret)).Select(s =>
                $"{path}:{text.AsSpan(0, s.At).Count('\n') + 1} has what looks like a secret ({SecretMask.Of(s.Secret)}): read it from the environment, or write a placeholder."));
        }

        return found;
    }
}
