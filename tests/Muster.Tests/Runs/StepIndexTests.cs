using CsCheck;
using Muster.Runs;

namespace Muster.Tests.Runs;

public sealed class StepIndexTests
{
    private static readonly Gen<HashSet<string>> Ids = Gen.String[Gen.Char["ab1-"], 1, 6].HashSet[0, 200];

    [Fact]
    public void It_finds_just_what_a_dictionary_of_the_same_rows_finds() => Gen.Select(Ids, Ids, Gen.Int[0, 200]).Sample((ids, others, skipped) =>
    {
        var rows = Rows(ids);
        var first = Math.Min(skipped, rows.Count);
        var index = new StepIndex(rows, first, rows.Count);
        var known = ids.Select((id, i) => (id, i)).Where(row => row.i >= first).ToDictionary(row => row.id, row => row.i);
        return ids.Concat(others).All(id => index.IndexOf(id) == known.GetValueOrDefault(id, -1));
    });

    [Fact]
    public void Rows_up_to_the_end_count_and_no_others()
    {
        var index = new StepIndex(Rows(["a", "b", "c"]), 0, 2);

        Assert.Equal([0, 1, -1], new[] { "a", "b", "c" }.Select(id => index.IndexOf(id)));
    }

    [Fact]
    public void Two_rows_of_one_id_are_refused_and_named()
    {
        var refused = Assert.Throws<ArgumentException>(() => new StepIndex(Rows(["a", "twice", "b", "twice"]), 0, 4));

        Assert.Contains("'twice'", refused.Message, StringComparison.Ordinal);
    }

    private static ChunkedList<StepRow> Rows(IEnumerable<string> ids)
    {
        var rows = new ChunkedList<StepRow>();
        foreach (var id in ids)
        {
            rows.Add(new(id, Role.Worker, Tier.Haiku, 0, 0, 0, default, 0, 0, 0, -1, null));
        }

        return rows;
    }
}
