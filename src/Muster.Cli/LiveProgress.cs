using Muster.Runs;
using Muster.Synthesis;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Muster.Cli;

/// <summary>A picture that is drawn anew while the run goes on: domains, running attempts, problems, the parent's budget.</summary>
internal sealed class LiveProgress : Progress, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private CancellationTokenSource stop = new();
    private Snapshot? snapshot;
    private Task drawing = Task.CompletedTask;
    private int[] top = [];
    private string? notice;
    private (string Text, int Tokens) counted = (string.Empty, 0);

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
            var hasTree = run.Table.Count > run.Table.WorkerCount;
            top = [.. Enumerable.Range(hasTree ? run.Table.WorkerCount : 0, hasTree ? run.Table.Count - run.Table.WorkerCount : run.Table.Count).Where(i => run.Table[i].Parent < 0)];
            Look(run);
        }

        if (stop.IsCancellationRequested)
        {
            stop.Dispose();
            stop = new(); // The run goes on after a pause of the picture.
        }

        drawing = Task.Run(DrawAsync);
    }

    /// <summary>In the picture while there is one: a line printed across it would be drawn over.</summary>
    protected override void Say(string text)
    {
        if (snapshot is null || stop.IsCancellationRequested)
        {
            base.Say(text);
        }
        else
        {
            Volatile.Write(ref notice, text);
        }
    }

    protected override void Tell(string problem)
    {
        // The picture shows the latest ones.
    }

    protected override void Look(RunState run) => snapshot = new(
        [.. Enumerable.Range(0, Findings.Length).Select(d => (run.Header.Domains[d].Title, run.CensusOf(d), Findings[d]))],
        [.. run.Live.Take(8).Select(l => run.Table[l.Step].Id)],
        run.Live.Count, run.Coordinators, run.Spending, run.Limits.ParentTokens,
        string.Join('\n', top.Select(run.SummaryOf).OfType<string>()), [.. Problems]);

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
        if (Volatile.Read(ref notice) is { } said)
        {
            lines.Add(new Text("  ! " + said));
        }

        lines.Add(new Text($"  syntheses {now.Coordinators.Verified}/{now.Coordinators.Planned}   spent {now.Spent.Tokens:N0} tokens{(now.Spent.IsNothing ? string.Empty : $", {now.Spent}")}"));
        lines.Add(new Text($"  parent context: {ParentTokens(now.Summaries):N0} of {now.ParentLimit:N0} tokens so far"));
        return new Rows(lines);
    }

    /// <summary>Counted here, on the drawing's own thread: the first count loads the vocabulary.</summary>
    private int ParentTokens(string summaries)
    {
        if (summaries != counted.Text)
        {
            counted = (summaries, TokenCount.Of(summaries));
        }

        return counted.Tokens;
    }

    private sealed record Snapshot(
        (string Title, Census Census, FindingCounts Findings)[] Domains, string[] Live, int LiveCount, Census Coordinators, Spending Spent,
        int ParentLimit, string Summaries, string[] Problems);
}
