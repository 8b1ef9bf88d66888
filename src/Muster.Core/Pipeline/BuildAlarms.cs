using System.Collections.Concurrent;
using Muster.Git;
using Muster.Runs;

namespace Muster.Pipeline;

/// <summary>
/// Notices that something moved in the person's repository while an agent worked, and that it was not the engine: an agent that got out, or the person.
/// Nobody can tell which, so it is told and stops nothing.
/// </summary>
internal sealed class BuildAlarms(BuildSite site, Action<string>? notice)
{
    private readonly ConcurrentDictionary<string, RefsSnapshot> before = new(StringComparer.Ordinal);

    /// <summary>Looks, before an agent begins that writes or runs what it writes.</summary>
    public async Task BeginAsync(Role role, string key, CancellationToken stop)
    {
        if (role is Role.Builder or Role.Action or Role.Scaffolder or Role.Shipper)
        {
            before[key] = await (await site.RepositoryAsync(stop)).SnapshotAsync(stop);
        }
    }

    /// <summary>Looks again, after it has ended.</summary>
    public async Task EndAsync(string key, CancellationToken stop)
    {
        if (!before.TryRemove(key, out var snapshot))
        {
            return; // Another engine began it, and what moved meanwhile is beyond telling.
        }

        var repository = await site.RepositoryAsync(stop);
        var own = $"refs/heads/orchestration/{site.RunId}/";
        var builds = site.Directory.In("builds");
        foreach (var change in await RefsGuard.CompareAsync(
            repository, snapshot, await repository.SnapshotAsync(stop), name => name.StartsWith(own, StringComparison.Ordinal) || name.StartsWith(builds, StringComparison.Ordinal), stop))
        {
            notice?.Invoke($"while {key} worked: {change.Message}");
        }
    }
}
