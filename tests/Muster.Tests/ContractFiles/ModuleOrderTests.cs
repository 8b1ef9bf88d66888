using CsCheck;
using Muster.Contracts;

namespace Muster.Tests.ContractFiles;

/// <summary>The rules of dependencies and orders, over graphs of every shape.</summary>
public sealed class ModuleOrderTests
{
    /// <summary>For each of some nodes, what it depends on.</summary>
    private static readonly Gen<int[][]> Graph = Gen.Int[1, 12].SelectMany(count => Gen.Int[0, count - 1].Array[0, 4].Array[count]);

    [Fact]
    public void There_is_a_cycle_just_when_no_order_fits() => Graph.Sample(graph =>
    {
        var dependsOn = Named(graph);

        Assert.Equal(Sorted(dependsOn).Count < dependsOn.Count, ModuleGraph.Cycles(dependsOn).Any());
    });

    [Fact]
    public void Every_cycle_that_is_told_is_one() => Graph.Sample(graph =>
    {
        var dependsOn = Named(graph);

        foreach (var cycle in ModuleGraph.Cycles(dependsOn))
        {
            Assert.Equal(cycle[0], cycle[^1]);
            Assert.All(cycle.Zip(cycle.Skip(1)), step => Assert.Contains(step.Second, dependsOn[step.First]));
        }
    });

    [Fact]
    public void An_order_is_good_just_when_each_name_stands_behind_what_it_needs() =>
        Gen.Select(Graph, Gen.Int[0, 1_000_000]).Sample((graph, seed) =>
        {
            var dependsOn = Named(graph);
            var order = dependsOn.Keys.ToArray();
            new Random(seed).Shuffle(order);
            var isGood = order.Index().All(x => dependsOn[x.Item].All(needed => Array.IndexOf(order, needed) <= x.Index));

            Assert.Equal(isGood, !ModuleGraph.OutOfOrder(order, dependsOn).Any());
            Assert.Empty(ModuleGraph.OutOfOrder(Sorted(dependsOn), dependsOn));
        });

    [Fact]
    public void Paths_overlap_just_when_one_begins_with_the_other()
    {
        var part = Gen.Int[0, 2].Select(i => "abc"[i].ToString());
        var path = Gen.Select(part.Array[1, 3], Gen.Bool).Select((parts, isDirectory) => string.Join('/', parts) + (isDirectory ? "/" : string.Empty));
        Gen.Select(path, Gen.Int[0, 2]).Array[0, 8].Sample(all =>
        {
            var covered = all.Where((a, i) => all.Where((b, j) => i != j && a.Item2 != b.Item2 && Covers(b.Item1, a.Item1)).Any()).Any();

            Assert.Equal(covered, ModulePath.Overlaps(all, p => p.Item1, p => $"{p.Item2}").Any());
        });

        static bool Covers(string a, string b) => (b.TrimEnd('/') + "/").StartsWith(a.TrimEnd('/') + "/", StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_quoted_comes_back_as_it_was() => Gen.String[Gen.Char[" abc'\"\\$&|*;"], 0, 10].Array[1, 5].Sample(arguments =>
    {
        var quoted = string.Join(' ', arguments.Select(a => "'" + a.Replace("'", "'\\''", StringComparison.Ordinal) + "'").Prepend("run"));

        Assert.Equal(["run", .. arguments], ArgumentList.Split(quoted, out var why));
        Assert.Null(why);
    });

    private static Dictionary<string, IReadOnlyList<string>> Named(int[][] graph) =>
        graph.Index().ToDictionary(n => $"m{n.Index}", n => (IReadOnlyList<string>)[.. n.Item.Distinct().Select(i => $"m{i}")]);

    /// <summary>As many names as can be put in order (Kahn 1962).</summary>
    private static List<string> Sorted(Dictionary<string, IReadOnlyList<string>> dependsOn)
    {
        var order = new List<string>();
        while (dependsOn.Keys.FirstOrDefault(n => !order.Contains(n) && dependsOn[n].All(order.Contains)) is { } next)
        {
            order.Add(next);
        }

        return order;
    }
}
