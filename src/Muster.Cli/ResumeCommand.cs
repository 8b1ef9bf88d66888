using System.CommandLine;
using Muster.Git;
using Muster.Plans;
using Muster.Runs;

namespace Muster.Cli;

/// <summary><c>muster resume</c>: goes on with a run that stopped, or puts an edited plan in its place.</summary>
internal static class ResumeCommand
{
    public static Command Create()
    {
        var (run, runs, json) = (SharedOptions.Run(), SharedOptions.Runs(), SharedOptions.Json());
        var (sarif, failOn, baseline, write) = (SharedOptions.Sarif(), SharedOptions.FailOn(), SharedOptions.Baseline(), SharedOptions.WriteBaseline());
        var memory = SharedOptions.ProcessMemory();
        var amend = new Option<string?>("--amend") { Description = "An edited plan: only what changed, and what depends on it, is run again.", HelpName = "PLAN" };
        var decide = DecideOption.Create();
        var limits = new LimitOptions();
        var agent = SharedOptions.Agent();
        var command = new Command("resume", "Go on with a run; nothing that is finished is done again.\n\nExample: muster resume --amend plan.yaml")
        {
            run, amend, decide, agent, sarif, failOn, baseline, write, memory, runs, json,
        };
        limits.AddTo(command);
        command.SetAction(async (args, cancellationToken) =>
        {
            var options = DriveOptions.Create(args.GetValue(json), args.GetValue(sarif), args.GetValue(failOn), args.GetValue(baseline), args.GetValue(write), args.GetValue(memory));
            var directory = RunsRoot.Find(RunsRoot.Resolve(args.GetValue(runs)), args.GetValue(run));
            var (engine, progress) = RunDriver.Prepare(options);
            using var session = RunDriver.Open(directory, engine);
            DecideOption.Apply(session, args.GetValue(decide) ?? []);
            if (args.GetValue(amend) is { } file && !await AmendAsync(session, file, args.GetValue(agent), limits.Of(args), progress.Notice, cancellationToken))
            {
                return ExitCode.Cancelled;
            }

            RunDriver.RequireRoot(session.Run);
            RunDriver.RequireAgents(session.Run);
            RunDriver.Continue(session, limits.Of(args));
            progress.Notice(Saved(session.Run));
            return await RunDriver.GoAsync(session, progress, options, cancellationToken);
        });
        return command;
    }

    /// <summary>What the resume does not pay for again.</summary>
    private static string Saved(RunState run)
    {
        var stands = Enumerable.Range(0, run.Table.WorkerCount).Count(i => run[i].VerifiedAttempt > 0 && (run[i].IsFinal || run.AskedOf(i) == run.FingerprintOf(i)));
        return $"resume {run.Header.RunId}: {stands:N0} of {run.Table.WorkerCount:N0} {(run.Header.Build is null ? "tasks" : "steps")} are finished and not run again "
            + $"({run.Spending.Tokens:N0} tokens, {run.Spending} spent before); {run.Live.Count:N0} begun attempts are taken up.";
    }

    /// <returns>False when somebody interrupted what had to end first.</returns>
    private static async Task<bool> AmendAsync(RunSession session, string file, string? agent, RunLimits limits, Action<string> notice, CancellationToken cancellationToken)
    {
        var plan = PlanPrinter.Accept(await PlanPrinter.LoadAsync(file, agent, limits, cancellationToken), isQuiet: false);
        var prompts = Machine.PromptsFor(plan.Root);
        var run = session.Run;
        if (run.Live.Count > 0)
        {
            notice($"{run.Live.Count:N0} begun attempts are brought to their end before the plan is changed.");
            if (await RunDriver.SettleAsync(session, notice))
            {
                return false;
            }
        }

        var before = Enumerable.Range(0, run.Table.WorkerCount).ToDictionary(i => run.Table[i].Id, i => run.Table[i].Fingerprint, StringComparer.Ordinal);
        var runs = Path.GetDirectoryName(session.Directory.Path)!;
        var tree = await TreeIdentity.ReadAsync(plan.Root, runs, cancellationToken);
        var estimates = await TaskEstimates.OfAsync(plan, TaskDurations.Find(runs, plan.FileName, plan.Root), cancellationToken);
        var header = plan.ToHeader(run.Header.RunId, run.Header.Seed, tree) with
        {
            CoordinatorSeconds = estimates.CoordinatorSeconds,
            EarlierTree = run.Header.EarlierTree ?? (run.Header.Tree == tree || run.Census.Verified == 0 ? null : run.Header.Tree ?? "unknown"),
            TasksFile = $"tasks-{plan.Sha256[..12]}-{run.Version}.jsonl",
        };
        session.Amend(header, plan.Text, plan.Expand().Select(estimates.Apply), prompts, cancellationToken);
        var now = Enumerable.Range(0, run.Table.WorkerCount).Select(i => run.Table[i]).ToList();
        var added = now.Count(row => !before.ContainsKey(row.Id));
        var changed = now.Count(row => before.TryGetValue(row.Id, out var print) && print != row.Fingerprint);
        notice($"amended: {added:N0} tasks are new, {changed:N0} changed, {now.Count - added - changed:N0} are as before, {before.Count - (now.Count - added):N0} are gone.");
        return true;
    }
}
