using System.Collections.Concurrent;

namespace Muster.Pipeline;

/// <summary>What finished branches changed, so that only those are merged for trial that touch each other: each is read once, and not once for every other.</summary>
internal sealed class BranchPaths(BuildSite site)
{
    private readonly ConcurrentDictionary<string, Task<SortedSet<string>>> changed = new(StringComparer.Ordinal);

    /// <summary>Whether two commits change a path that both have, or one changes a file where the other has a directory.</summary>
    public async Task<bool> TouchAsync(string one, string other, CancellationToken stop)
    {
        var (mine, theirs) = (await OfAsync(one, stop), await OfAsync(other, stop));
        var (few, many) = mine.Count < theirs.Count ? (mine, theirs) : (theirs, mine);
        return few.Any(path => many.Contains(path) || many.GetViewBetween(path + "/", path + "0").Count > 0 || Parents(path).Any(many.Contains));
    }

    private static IEnumerable<string> Parents(string path)
    {
        for (var at = path.LastIndexOf('/'); at > 0; at = path.LastIndexOf('/', at - 1))
        {
            yield return path[..at];
        }
    }

    private Task<SortedSet<string>> OfAsync(string commit, CancellationToken stop) => changed.GetOrAdd(commit, _ => ReadAsync(commit, stop));

    private async Task<SortedSet<string>> ReadAsync(string commit, CancellationToken stop)
    {
        var repository = await site.RepositoryAsync(stop);
        var start = await repository.MergeBaseAsync(commit, "refs/heads/" + site.IntegrationBranch, stop) ?? site.Build.BaseCommit;
        return new((await site.DiffAsync(start, commit, stop)).Paths.Select(path => path.Path), StringComparer.Ordinal);
    }
}
