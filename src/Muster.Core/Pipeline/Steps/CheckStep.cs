using System.Collections.Immutable;
using System.Text;
using Muster.Artefacts;
using Muster.Git;

namespace Muster.Pipeline.Steps;

/// <summary>Commits what a builder left, holds its difference against the rules, and runs the module's tests.</summary>
internal sealed class CheckStep(BuildSite site, TestCommand tests) : IEngineStep
{
    private const int MostIgnored = 20;

    public string Name => "check";

    public async Task<EngineOutcome> CarryOutAsync(StageOrder order, CancellationToken stop)
    {
        var module = site.ModuleOf(order);
        var mended = await ModuleWorktree.MendAsync(site, module.Name, stop);
        var worktree = await ModuleWorktree.AtAsync(site, order, stop);
        var repository = await site.RepositoryAsync(stop);
        var committed = order.Beside("committed");
        if (File.Exists(committed) && await File.ReadAllTextAsync(committed, stop) is var before && before == await repository.CommitOfAsync("refs/heads/" + worktree.Branch, stop))
        {
            await BranchWork.RestoreAsync(worktree, before, stop); // An engine before this one was killed while the test ran: what that left is no builder's work.
        }

        var nested = await BranchWork.NestedAsync(worktree, stop);
        var commit = nested.IsEmpty
            ? (await BranchWork.CommitAllAsync(worktree, $"{module.Name}, round {order.Ask.Round}\n\nRun {site.RunId}.", stop)).Commit
            : (await repository.CommitOfAsync("refs/heads/" + worktree.Branch, stop))!;
        var diff = await site.DiffAsync(order.Ask.Commit!, commit, stop);
        var secrets = nested.IsEmpty ? await CommittedSecrets.InAsync(repository, worktree, diff, stop) : [];
        var violations = mended
            .Concat(nested.IsEmpty ? DiffRules.Check(diff, module.Paths, site.Forbidden) : nested.Select(path => $"{path} is a repository of its own; a module brings files."))
            .Concat(await ConflictMarks.InAsync(worktree, diff, stop)).Concat(secrets).ToImmutableArray();
        if (secrets.Count > 0)
        {
            await BranchWork.TakeBackAsync(worktree, commit, order.Ask.Commit!, stop); // Whoever mends it would leave it in the history.
        }

        var command = site.TestOf(module);
        var ignored = ImmutableArray<string>.Empty;
        TestResult? test = null;
        if (violations.IsEmpty && !command.IsEmpty)
        {
            // A build's own output is nothing to tell of before the test has made it.
            ignored = module.Paths.Contains(".") ? [] : [.. (await BranchWork.IgnoredAsync(worktree, module.Paths, stop)).Take(MostIgnored)];
            Publisher.Write(committed, Encoding.UTF8.GetBytes(commit));
            test = await tests.RunAsync(command, worktree.Path, order.Beside("test.log"), stop);
            await BranchWork.RestoreAsync(worktree, commit, stop); // What is read, and gone on with, is what was committed.
        }

        var line = !violations.IsEmpty ? $"{module.Name} breaks {violations.Length} rules."
            : test is null ? $"{module.Name}: {diff.Count} files changed; no test command is named."
            : $"{module.Name}: {diff.Count} files changed; its tests {(test.Passed ? "pass" : "fail")} ({test.How}{(test.IsSandboxed ? string.Empty : ", without a sandbox")}).";
        return new(
            new StepResult.Checked(commit, violations, test) { Ignored = ignored },
            line,
            new($"Check of {module.Name}", [line, .. violations, .. ignored.Select(path => $"{path} is ignored by git: the test saw it, and no commit has it.")], test is null ? [] : [($"Test: {string.Join(' ', command)}", test.Tail)]));
    }
}
