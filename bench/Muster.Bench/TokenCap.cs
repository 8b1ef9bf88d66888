using System.Diagnostics;
using Muster.Journal;
using Muster.Runs;

namespace Muster.Bench;

/// <summary>Chat agents under a limit of tokens: what they took of it, and what stood in the journal at each dispatch.</summary>
internal static class TokenCap
{
    private const int LeastOfWorker = 3_000;

    /// <summary>More work than the limit lets through, by so many agents at once.</summary>
    /// <param name="parallel">Agents at once.</param>
    /// <param name="tokens">The limit.</param>
    /// <param name="taskLength">Characters of a task's text; with 100,000 each worker takes more than is set aside for it.</param>
    public static async Task<int> RunAsync(int parallel, int tokens, int taskLength)
    {
        using var home = new BenchDirectory();
        using var server = await ModelServerProgram.StartAsync("--latency", "200ms", "--requests-per-minute", "10000000");
        var task = string.Concat(Enumerable.Repeat("Look for what is wrong. ", 1 + (taskLength / 24)));
        var began = Stopwatch.GetTimestamp();
        using var session = await ChatRun.DriveAsync(home, "runs", server.Address, Math.Max(parallel * 4, tokens / LeastOfWorker), parallel, new(Tokens: tokens), task);
        var wall = Stopwatch.GetElapsedTime(began);
        using var journal = SqliteJournal.OpenReader(session.Directory.Journal);
        var run = new RunState(session.Run.Table);
        var (over, after, most, raised) = (0, 0, 0L, 0);
        foreach (var entry in journal.ReadAfter(0))
        {
            var wasStopped = run.Pause is not null;
            run.Evolve(entry);
            most = Math.Max(most, run.Spent.Tokens + run.ReservedTokens);
            raised += entry.Event is RunEvent.ReserveRaised ? 1 : 0;
            if (entry.Event is RunEvent.AttemptStarted)
            {
                over += run.Spent.Tokens + run.ReservedTokens > tokens ? 1 : 0;
                after += wasStopped ? 1 : 0;
            }
        }

        Console.WriteLine(
            $"{parallel} at once, limit {tokens:N0}: {run.Spent.Tokens:N0} taken ({(run.Spent.Tokens - tokens) / (double)tokens:+0.00%;-0.00%}) in {run.Attempts:N0} attempts and {wall.TotalSeconds:0.0} s; "
            + $"{over} dispatched beyond what was left, {after} after the limit was reached; taken and set aside together at most {most:N0}, {raised} times more was set aside");
        Console.WriteLine($"{run.Status}: {run.Pause?.Reason}; {run.Census}");
        return 0;
    }
}
