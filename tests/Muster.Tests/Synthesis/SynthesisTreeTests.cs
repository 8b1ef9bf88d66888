using CsCheck;
using Muster.Runs;
using Muster.Synthesis;
using Muster.Tests.Journal;

namespace Muster.Tests.Synthesis;

public sealed class SynthesisTreeTests
{
    [Fact]
    public void No_context_takes_more_than_its_files_and_every_worker_reaches_the_top() =>
        Gen.Select(Gen.Int[10, 3_000], Gen.Int[1, 5]).Sample((workers, domains) =>
        {
            var table = Build(workers, domains);
            for (var i = 0; i < table.Count; i++)
            {
                var row = table[i];
                var readsWorkers = row.Role is Role.Coordinator && row.FirstChild < workers;
                Assert.InRange(row.ChildCount, row.Role is Role.Worker ? 0 : 1, readsWorkers ? 8 : 5);
                var top = i;
                while (table[top].Parent >= 0)
                {
                    Assert.Equal(table[i].Domain, table[top].Domain);
                    top = table[top].Parent;
                }

                Assert.Equal(Role.Coordinator, table[top].Role);
            }

            Assert.Equal(Math.Min(domains, workers), Enumerable.Range(workers, table.Count - workers).Count(i => table[i].Parent < 0));
            Assert.Equal(
                table.Count - workers,
                Enumerable.Range(0, domains).Sum(d => SynthesisTree.CountCoordinators(Enumerable.Range(0, workers).Count(w => (long)w * domains / workers == d))));
        });

    [Fact]
    public void Fewer_than_ten_workers_are_read_flat() => Assert.Equal(9, Build(9, 2).Count);

    [Fact]
    public void Groups_are_even() =>
        Gen.Int[1, 100_000].Sample(count =>
        {
            var groups = SynthesisTree.EvenGroups(count, 8);
            return groups.Sum() == count && groups.Max() <= 8 && groups.Max() - groups.Min() <= 1;
        });

    private static StepTable Build(int workers, int domains)
    {
        var tree = new SynthesisTree(GoldenPlan.Header with { Domains = [.. Enumerable.Range(0, domains).Select(d => new DomainTitle($"d{d}", $"D{d}"))] });
        for (var i = 0; i < workers; i++)
        {
            tree.AddWorker($"w{i}", $"d{(long)i * domains / workers}", Tier.Haiku, "scripted", default, null, []);
        }

        return tree.Build();
    }
}
