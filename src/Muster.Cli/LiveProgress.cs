using Muster.Runs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Muster.Cli;

/// <summary>A picture that is drawn anew while the run goes on: domains, running attempts, problems, the parent's budget.</summary>
internal sealed class LiveProgress : Progress, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource stop = new();
    private Snapshot? snapshot;
    private Task drawing = Task.CompletedTask;

    public override void Notice(string text) => Console.Error.WriteLine(text);

    public override async Task StopAsync()
    {
        await stop.CancelAsync();
#pragma warning disable VSTHRD003 // Begin started it, on the thread pool.
        await drawing;
#pragma warning restore VSTHRD003
    }

    public void Dispose() => stop.Dispose();

    protected override void Begin(RunState run)
    {
        lock (Gate)
        {
            Console.Out.WriteLine(RunView.Head(run));
            Look(run);
        }

        drawing = Task.Run(DrawAsync);
    }

    protected override void Tell(string problem)
    {
        // The picture shows the latest ones.
    }

    protected override void Look(RunState run) => snapshot = new(
        [.. Enumerable.Range(0, Findings.Length).Select(d => (run.Header.Domains[d].Title, run.CensusOf(d), Findings[d]))],
        [.. run.Live.Take(8).Select(l => run.Table[l.Step].Id)],
        run.Live.Count, run.Coordinators, run.Spent, run.Limits.ParentTokens, [.. Problems]);

    private async Task DrawAsync() =>
        await AnsiConsole.Live(new Text(string.Empty)).AutoClear(true).StartAsync(async context =>
        {
            using var timer = new PeriodicTimer(Interval);
            try
            {
                do
                {
                    context.UpdateTarget(Picture());
                }
                while (await timer.WaitForNextTickAsync(stop.Token));
            }
            catch (OperationCanceledException)
            {
                // The run has ended; its result is printed in this picture's place.
            }
        });

    private Rows Picture()
    {
        Snapshot now;
        lock (Gate)
        {
            now = snapshot!;
        }

        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("domain", "done", "findings");
        foreach (var (title, census, findings) in now.Domains)
        {
            var gaps = census.Failed + census.Skipped;
            table.AddRow(
                new Text("  " + title), new Text($"{census.Verified:N0}/{census.Planned:N0}" + (gaps > 0 ? $"  {gaps:N0} gaps" : string.Empty)),
                new Text(findings.Total + findings.Ungrounded > 0 ? findings.ToString() : string.Empty));
        }

        var lines = new List<IRenderable> { new Text(string.Empty), table };
        if (now.LiveCount > 0)
        {
            lines.Add(new Text($"  running {now.LiveCount}: {string.Join(", ", now.Live)}"));
        }

        lines.AddRange(now.Problems.Select(problem => new Text("  ! " + (problem.Length > 110 ? problem[..110] + "…" : problem))));
        lines.Add(new Text(
            $"  syntheses {now.Coordinators.Verified}/{now.Coordinators.Planned}   spent {now.Spent.Tokens:N0} tokens{(now.Spent.Usd is > 0 and var usd ? $", {usd:0.00} USD" : string.Empty)}   parent limit {now.ParentLimit:N0} tokens"));
        return new Rows(lines);
    }

    private sealed record Snapshot(
        (string Title, Census Census, FindingCounts Findings)[] Domains, string[] Live, int LiveCount, Census Coordinators, Usage Spent,
        int ParentLimit, string[] Problems);
}
