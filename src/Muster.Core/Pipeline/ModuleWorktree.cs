using System.Collections.Immutable;
using Muster.Git;

namespace Muster.Pipeline;

/// <summary>The worktree of a module, brought up to the commit that its round starts from.</summary>
internal static class ModuleWorktree
{
    /// <summary>The worktree. Where its branch lacks the commit, that is merged; what conflicts then stands between marks for the builder to settle.</summary>
    public static async Task<Worktree> AtAsync(BuildSite site, StageOrder order, CancellationToken stop)
    {
        var module = order.Module;
        await MendAsync(site, module, stop);
        var there = await site.WorktreeAsync(site.WorktreeOf(module), site.BranchOf(module), await StartOfAsync(site, order, stop), site.SparseOf(module), stop);
        if (there.Head == order.Ask.Commit)
        {
            return there; // Just made, or nothing was committed yet.
        }

        var repository = await site.RepositoryAsync(stop);
        if (!await repository.IsAncestorAsync(order.Ask.Commit!, (await repository.CommitOfAsync("refs/heads/" + there.Branch, stop))!, stop))
        {
            // A builder that was blocked, or failed, left what it had: it goes on from there, upon what has changed since.
            await BranchWork.CommitAllAsync(there, $"{module}, unfinished\n\nRun {site.RunId}.", stop);
        }

        await repository.Merges.MergeWithMarksAsync(there, order.Ask.Commit!, $"Bring {module} up to the integration branch\n\nRun {site.RunId}, {order.Key}.", stop);
        return there;
    }

    /// <summary>Puts back what a builder changed of git's own in its worktree.</summary>
    /// <returns>What that was, a sentence each.</returns>
    public static async Task<ImmutableArray<string>> MendAsync(BuildSite site, string module, CancellationToken stop) =>
        await (await site.RepositoryAsync(stop)).WorktreesIn(site.Directory.In("builds")).MendAsync(site.WorktreeOf(module), site.BranchOf(module), stop);

    /// <summary>The commit that the branch was begun at: the first round's, which every later one comes from.</summary>
    private static async Task<string> StartOfAsync(BuildSite site, StageOrder order, CancellationToken stop)
    {
        if (order.Ask.Round == 1)
        {
            return order.Ask.Commit!;
        }

        var repository = await site.RepositoryAsync(stop);
        return await repository.MergeBaseAsync("refs/heads/" + site.BranchOf(order.Module), order.Ask.Commit!, stop) ?? order.Ask.Commit!;
    }
}
