using Muster.Runs;

namespace Muster.Bench;

/// <summary>Modules with trivial builders through the whole pipeline, from the first worktree to the last merge, against a shell loop that makes worktrees, commits and merges as many.</summary>
internal static class BuildCost
{
    private const int Rounds = 2;
    private const int AtOnce = 12; // 24 units of capacity, 2 a builder.

    public static async Task<int> RunAsync(int modules)
    {
        for (var round = 1; round <= Rounds; round++)
        {
            using var home = new BenchDirectory();
            var shell = WorktreeCost.Shell(BenchBuild.Repository(home.Of("shell"), modules), home.Of("shell-trees"), modules, AtOnce);
            var build = new BenchBuild(home, modules);
            if (await EndAsync(build.Begin) != 4)
            {
                throw new InvalidOperationException("The build did not come to its first gate.");
            }

            build.Approve();
            if (await EndAsync(build.Resume) != 4)
            {
                throw new InvalidOperationException("The build did not come to its last gate.");
            }

            var (first, last) = Span(build.Journal(), "build/", "merge/", modules);
            var wall = shell.Aggregate((one, other) => one + other);
            Console.WriteLine(
                $"round {round}: {modules} modules, {AtOnce} at once: shell {wall.TotalSeconds:0.0} s (worktrees {shell[0].TotalSeconds:0.0}, commits {shell[1].TotalSeconds:0.0}, merges {shell[2].TotalSeconds:0.0}); "
                + $"muster {(last - first).TotalSeconds:0.0} s, with examinations and previews; ratio {(last - first) / wall:0.00}; {(last - first).TotalMilliseconds / modules:0} ms a module");
        }

        return 0;
    }

    private static async Task<int> EndAsync(string[] words)
    {
        using var process = MusterProgram.Start(words);
        await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync(), process.WaitForExitAsync());
        return process.ExitCode;
    }

    private static (DateTimeOffset First, DateTimeOffset Last) Span(IReadOnlyList<RunEntry> journal, string first, string last, int merges)
    {
        var merged = journal.Where(entry => entry.Event is RunEvent.AttemptVerified verified && verified.Step.StartsWith(last, StringComparison.Ordinal)).ToList();
        return merged.Count == merges
            ? (journal.First(entry => entry.Event is RunEvent.AttemptStarted started && started.Step.StartsWith(first, StringComparison.Ordinal)).At, merged[^1].At)
            : throw new InvalidOperationException($"{merged.Count} of {merges} modules were merged.");
    }
}
