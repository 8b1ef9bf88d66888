using Muster.Git;

namespace Muster.Pipeline;

/// <summary>The test of what is assembled so far.</summary>
internal static class IntegrationTest
{
    /// <summary>What it came to; null where no test is named. The worktree is committed, so that what the test leaves in tracked files can be dropped.</summary>
    public static async Task<TestResult?> RunAsync(BuildSite site, TestCommand tests, Worktree integration, StageOrder order, CancellationToken stop)
    {
        var named = site.Blueprint.IntegrationTestCommand is { IsEmpty: false } command ? command : site.Build.IntegrationTestCommand;
        if (named.IsEmpty)
        {
            return null;
        }

        var repository = await site.RepositoryAsync(stop);
        var head = await repository.CommitOfAsync("refs/heads/" + integration.Branch, stop);
        var result = await tests.RunAsync(named, integration.Path, order.Beside("test.log"), stop);
        await BranchWork.RestoreAsync(integration, head!, stop);
        return result;
    }
}
