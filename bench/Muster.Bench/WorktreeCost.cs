using System.Diagnostics;
using Muster.Git;

namespace Muster.Bench;

/// <summary>Modules with trivial builders on a repository of 20,000 files: worktree, commit, merge by the engine, against a shell loop doing the same with git.</summary>
internal static class WorktreeCost
{
    private const int AtOnce = 4;
    private const int Rounds = 2;

    public static async Task<int> RunAsync(int modules)
    {
        Console.WriteLine($"{modules} modules, 20,000 files, sparse worktrees, {AtOnce} at once");
        for (var round = 1; round <= Rounds; round++)
        {
            using var home = new BenchDirectory();
            var shell = Shell(BenchBuild.Repository(home.Of("shell"), modules), home.Of("shell-trees"), modules, AtOnce);
            var engine = await EngineAsync(BenchBuild.Repository(home.Of("engine"), modules), home.Of("engine-trees"), modules);
            Console.WriteLine($"round {round}        worktrees   commits    merges     total   ms a module");
            Print("shell", shell, modules);
            Print("engine", engine.Phases, modules);
            Console.WriteLine($"ratio     {string.Concat(engine.Phases.Zip(shell, (e, s) => $"{e / s,10:0.00}"))}{engine.Phases.Aggregate(Sum) / shell.Aggregate(Sum),10:0.00}");
            Console.WriteLine($"the engine's check of each diff besides: {engine.Check.TotalMilliseconds / modules:0.0} ms a module");
        }

        return 0;
    }

    private static TimeSpan Sum(TimeSpan one, TimeSpan other) => one + other;

    private static void Print(string who, TimeSpan[] phases, int modules)
    {
        var total = phases.Aggregate(Sum);
        Console.WriteLine($"{who,-10}{string.Concat(phases.Append(total).Select(p => $"{p.TotalMilliseconds,8:N0} ms"))}{total.TotalMilliseconds / modules,10:0.0}");
    }

    /// <summary>What the shell takes for worktrees, commits and merges.</summary>
    public static TimeSpan[] Shell(string repository, string trees, int modules, int atOnce)
    {
        Directory.CreateDirectory(trees);
        BenchBuild.Git(repository, "worktree", "add", "-q", "-b", "integration", Path.Combine(trees, "integration"));
        const string Set = "export GIT_AUTHOR_NAME=b GIT_AUTHOR_EMAIL=b@localhost GIT_COMMITTER_NAME=b GIT_COMMITTER_EMAIL=b@localhost; cd \"$0\"; ";
        TimeSpan Timed(string script)
        {
            var began = Stopwatch.GetTimestamp();
            MusterProgram.Run("sh", ["-ec", Set + script, repository, trees, $"{modules - 1}"]);
            return Stopwatch.GetElapsedTime(began);
        }

        return
        [
            Timed("for i in $(seq 0 $2); do git worktree add -q --no-checkout -b b$i $1/m$i main; git -C $1/m$i sparse-checkout set m$i >/dev/null; git -C $1/m$i checkout -q; done"),
            Timed($"export T=$1; seq 0 $2 | xargs -P {atOnce} -I @ sh -ec 'echo new > $T/m@/m@/new.txt; git -C $T/m@ add -A; git -C $T/m@ commit -q -m build'"),
            Timed("for i in $(seq 0 $2); do git -C $1/integration merge -q --no-ff -m merge b$i; done"),
        ];
    }

    private static async Task<(TimeSpan[] Phases, TimeSpan Check)> EngineAsync(string path, string builds, int modules)
    {
        var repository = await GitRepository.OpenAsync(path, TimeProvider.System, CancellationToken.None);
        var start = (await repository.PreflightAsync(null, CancellationToken.None)).BaseCommit!;
        var trees = repository.WorktreesIn(builds);
        var integration = await trees.AddAsync(Path.Combine(builds, "integration"), "orchestration/r/integration", start, null, CancellationToken.None);
        var (made, commits) = (new Worktree[modules], new string[modules]);
        var marks = new List<long> { Stopwatch.GetTimestamp() };
        await EachAsync(modules, async i =>
            made[i] = await trees.AddAsync(Path.Combine(builds, $"m{i}"), $"orchestration/r/m{i}", start, [$"m{i}"], CancellationToken.None));
        marks.Add(Stopwatch.GetTimestamp());
        await EachAsync(modules, async i =>
        {
            await File.WriteAllTextAsync(Path.Combine(made[i].Path, $"m{i}", "new.txt"), "new\n");
            commits[i] = (await BranchWork.CommitAllAsync(made[i], "build", CancellationToken.None)).Commit;
        });
        marks.Add(Stopwatch.GetTimestamp());
        foreach (var commit in commits)
        {
            _ = await repository.Merges.MergeAsync(integration, commit, "merge", CancellationToken.None) as MergeOutcome.Merged
                ?? throw new InvalidOperationException("It did not merge.");
        }

        marks.Add(Stopwatch.GetTimestamp());
        await EachAsync(modules, async i =>
        {
            if (DiffRules.Check(await BranchDiff.ReadAsync(repository, start, commits[i], CancellationToken.None), [$"m{i}"], []).Length > 0)
            {
                throw new InvalidOperationException("The diff is not allowed.");
            }
        });
        return ([.. marks.Zip(marks.Skip(1), (one, next) => Stopwatch.GetElapsedTime(one, next))], Stopwatch.GetElapsedTime(marks[^1]));
    }

    private static Task EachAsync(int count, Func<int, Task> work) =>
        Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) => await work(i));
}
