using Muster.Runs;

namespace Muster.Cli;

/// <summary>Plain lines for logs: each problem, each tenth of the work, each domain that is done.</summary>
internal sealed class LineProgress : Progress
{
    private readonly HashSet<int> done = [];
    private int tenths;

    public override Task StopAsync() => Task.CompletedTask;

    protected override void Begin(RunState run)
    {
        lock (Gate)
        {
            Console.Out.WriteLine(RunView.Head(run));
            for (var domain = 0; domain < run.Table.Domains.Length; domain++)
            {
                if (run.CensusOf(domain).Open == 0)
                {
                    done.Add(domain);
                }
            }
        }
    }

    protected override void Tell(string problem) => Console.Out.WriteLine("  " + problem);

    protected override void Look(RunState run)
    {
        var census = run.Census;
        var now = census.Planned == 0 ? 10 : (census.Planned - census.Open) * 10 / census.Planned;
        if (census.Planned >= 100 && now > tenths)
        {
            tenths = now;
            Console.Out.WriteLine($"  {now * 10} %: {census}");
        }

        for (var domain = 0; domain < Findings.Length; domain++)
        {
            var count = run.CensusOf(domain);
            if (count is { Open: 0, Planned: > 0 } && done.Add(domain))
            {
                Console.Out.WriteLine($"  {run.Table.Domains[domain]}: {count.Verified:N0} of {count.Planned:N0} verified, {Findings[domain]}");
            }
        }
    }
}
