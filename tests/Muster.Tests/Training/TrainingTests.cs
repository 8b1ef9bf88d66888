using System.Collections.Immutable;
using Muster.Synthesis;
using Muster.Tests.ContractFiles;
using Muster.Training;

namespace Muster.Tests.Training;

public sealed class TrainingTests : IDisposable
{
    private const string Answer = "The module auth signs every token with RS256, keeps the private key in the vault, and publishes the public key so that billing can check a token without a call.";

    private static readonly DateOnly Today = new(2026, 11, 25);

    private readonly TempDirectory directory = new();

    public TrainingTests()
    {
        directory.File("project/src/auth/TokenIssuer.cs", "class TokenIssuer;\n");
        directory.File("project/src/auth/main.cs", "\n");
    }

    public void Dispose() => directory.Dispose();

    private string Store => Path.Combine(directory.Path, "project/.orchestration/training");

    private TrainingContext Context => new(Path.Combine(directory.Path, "project"), "billing-platform", ["auth", "billing"], [], [], Today);

    private static TrainingPair Pair(int id = 1, string question = "How are tokens signed?", string? answer = null) => new(
        id, null, question, answer ?? Answer, TrainingTaxonomy.Fact, ["src/auth/TokenIssuer.cs:1"], ["auth"], 1, "easy", 0.9m, new(2027, 1, 31));

    private string Write(params TrainingPair[] pairs) => directory.File("attempt/pairs.jsonl", string.Concat(pairs.Select(p => p.ToJson() + "\n")));

    private string Check(TrainingPair pair, TrainingContext? context = null) => string.Join('\n', TrainingCheck.Check(Write(pair), context ?? Context));

    [Fact]
    public void A_good_pair_has_no_problem_and_reads_as_it_was_written()
    {
        Assert.Equal(string.Empty, Check(Pair()));
        var store = new TrainingStore(Store);

        store.Append("auth.jsonl", Write(Pair(7) with { System = "You know billing-platform.", ExpiresAt = null }), Context);

        var read = Assert.Single(store.Read());
        Assert.Equal((1, "You know billing-platform.", (DateOnly?)null), (read.Id, read.System, read.ExpiresAt));
        Assert.Equal((Pair().Question, Answer, 0.9m), (read.Question, read.Answer, read.QualityScore));
        Assert.Equal(Pair().SourceRefs, read.SourceRefs);
    }

    [Fact]
    public void Each_rule_refuses_what_breaks_it()
    {
        Assert.Contains("pairs.jsonl:1: error: The answer has", Check(Pair(answer: "It is auth.")), StringComparison.Ordinal);
        Assert.Contains("tokens. Write 20 to 800.", Check(Pair(answer: string.Concat(Enumerable.Repeat("auth does a great many things, ", 200)))), StringComparison.Ordinal);
        Assert.Contains("no name of this project", Check(Pair(answer: Answer.Replace("auth", "it", StringComparison.Ordinal).Replace("billing", "others", StringComparison.Ordinal))), StringComparison.Ordinal);
        Assert.Contains("rests on no source", Check(Pair() with { SourceRefs = [] }), StringComparison.Ordinal);
        Assert.Contains("The source 'src/gone.cs' cannot be used: it is not there.", Check(Pair() with { SourceRefs = ["src/gone.cs"] }), StringComparison.Ordinal);
        Assert.Contains("it leads out of its directory", Check(Pair() with { SourceRefs = ["../attempt/pairs.jsonl"] }), StringComparison.Ordinal);
        Assert.Contains("it leads out of its directory", Check(Pair() with { SourceRefs = ["/etc/passwd"] }), StringComparison.Ordinal);
        Assert.Contains("references 'web', and there is no such module", Check(Pair() with { ModulesReferenced = ["web"] }), StringComparison.Ordinal);
        Assert.Contains("has a secret in it", Check(Pair(question: "Is AKIAABCDEFGHIJKLMNOP the key?")), StringComparison.Ordinal);
        Assert.Contains("expired on 2026-11-25", Check(Pair() with { ExpiresAt = Today }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("The type TokenIssuer signs", true)]
    [InlineData("The file main signs", false)]
    [InlineData("The authority signs", false)]
    [InlineData("The AUTH module signs", true)]
    [InlineData("In billing-platform it signs", true)]
    public void Only_a_name_of_the_project_counts_as_one(string beginning, bool isOne)
    {
        var answer = beginning + " each token with a private key that lies in the vault and is changed every ninety days by an operator on duty.";

        Assert.Equal(isOne, Check(Pair(answer: answer) with { SourceRefs = ["src/auth/TokenIssuer.cs", "src/auth/main.cs"] }).Length == 0);
    }

    [Fact]
    public void Nothing_comes_from_an_open_conflict()
    {
        var open = Context with { OpenConflicts = [new("billing", ["src/auth/main.cs"])] };

        Assert.Equal(string.Empty, Check(Pair(), open));
        Assert.Contains("touches an open conflict of module 'billing'", Check(Pair() with { ModulesReferenced = ["billing"] }, open), StringComparison.Ordinal);
        Assert.Contains("touches an open conflict", Check(Pair() with { SourceRefs = ["src/auth/main.cs:1-1"] }, open), StringComparison.Ordinal);
    }

    [Fact]
    public void A_conflict_is_open_until_a_decision_names_what_was_told_of_it()
    {
        using var contracts = new ContractFixture();
        directory.File("project/.orchestration/conflicts/auth-2.md", "# No clock\n");
        directory.File("project/.orchestration/conflicts/billing-1.md", "# No box\n");
        Assert.Equal(["auth", "billing"], OpenConflict.In(Context.Root, contracts.Read()).Select(c => c.Module));

        contracts.Write("decisions/002-clock.md", (ContractFixture.Decision(2, "clock") with { Context = "What the builder said: conflicts/auth-2.md." }).ToMarkdown());

        Assert.Equal("billing", Assert.Single(OpenConflict.In(Context.Root, contracts.Read())).Module);
    }

    [Theory]
    [InlineData(19, false)]
    [InlineData(20, true)]
    [InlineData(800, true)]
    [InlineData(801, false)]
    public void An_answer_has_from_20_to_800_tokens(int tokens, bool isGood)
    {
        const string Beginning = "The module auth keeps it";
        var answer = Beginning + string.Concat(Enumerable.Repeat(" there", tokens - TokenCount.Of(Beginning)));
        Assert.Equal(tokens, TokenCount.Of(answer));

        Assert.Equal(isGood ? string.Empty : $"pairs.jsonl:1: error: The answer has {tokens} tokens. Write 20 to 800.", Check(Pair(answer: answer)));
    }

    [Theory]
    [InlineData("not json", "pairs.jsonl:2:2: error: This is not JSON")]
    [InlineData("{\"messages\":[],\"metadata\":{}}", "These are not the messages of a pair")]
    [InlineData("{\"messages\":[],\"metadata\":{},\"x\":1}", "'x' is no key of a pair")]
    public void A_line_of_another_form_is_told_with_its_number(string line, string expected)
    {
        var file = directory.File("attempt/pairs.jsonl", $"{Pair().ToJson()}\n{line}\n");

        Assert.Contains(expected, string.Join('\n', TrainingCheck.Check(file, Context)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"fact\"", "\"trivia\"", "'trivia' is no type of the taxonomy. Write one of: fact, procedure, relation, rationale, comparison, diagnosis, constraint.")]
    [InlineData("\"easy\"", "\"so-so\"", "'so-so' is no difficulty")]
    [InlineData("\"hop_count\":1", "\"hop_count\":9", "This is no whole number from 1 to 5.")]
    [InlineData("0.9", "1.9", "This is no number from 0 to 1.")]
    [InlineData("\"2027-01-31\"", "\"soon\"", "This is no day.")]
    [InlineData("\"user\"", "\"assistant\"", "These are not the messages of a pair.")]
    [InlineData("\"pair_id\":1", "\"pair_id\":1,\"pair_id\":2", "The key 'pair_id' is given twice")]
    public void Metadata_of_another_form_is_told(string old, string @new, string expected)
    {
        var file = directory.File("attempt/pairs.jsonl", Pair().ToJson().Replace(old, @new, StringComparison.Ordinal));

        Assert.Contains(expected, string.Join('\n', TrainingCheck.Check(file, Context)), StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_come_one_after_the_other()
    {
        Assert.Empty(TrainingCheck.Check(Write(Pair(5), Pair(6, "Who signs?")), Context, firstId: 5));
        Assert.Contains("The id is 5 where 1 comes next.", string.Join('\n', TrainingCheck.Check(Write(Pair(5)), Context, firstId: 1)), StringComparison.Ordinal);
        Assert.Contains("pairs.jsonl:2: error: The id is 7 where 6 comes next.", string.Join('\n', TrainingCheck.Check(Write(Pair(5), Pair(7, "Who?")), Context)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_fact_has_at_most_three_phrasings_and_small_changes_make_no_new_one()
    {
        var pairs = Enumerable.Range(1, 4).Select(i => Pair(i, $"Question {i}?", i == 4 ? Answer.Replace("every", "each", StringComparison.Ordinal) : Answer)).ToArray();

        Assert.Contains("pairs.jsonl:4: error: This fact is there in 3 phrasings already.", string.Join('\n', TrainingCheck.Check(Write(pairs), Context)), StringComparison.Ordinal);
        Assert.Empty(TrainingCheck.Check(Write(pairs[..3]), Context));
        var store = new TrainingStore(Store);
        store.Append("a.jsonl", Write(pairs[..2]), Context);
        Assert.Equal((1, 0, 1), Counts(store.Append("b.jsonl", Write(pairs[2..]), Context)));
    }

    [Fact]
    public void The_store_numbers_pairs_of_its_own_and_takes_the_same_ones_once()
    {
        var store = new TrainingStore(Store);
        var file = Write(Pair(1), Pair(1, "Who?"), Pair(2, "Bad?", "No."));
        Assert.Equal(1, store.NextId);

        Assert.Equal((2, 0, 2), Counts(store.Append("auth.jsonl", file, Context)));
        Assert.Equal((0, 2, 2), Counts(store.Append("auth.jsonl", file, Context)));
        Assert.Equal((1, 0, 0), Counts(store.Append("billing.jsonl", Write(Pair(1, "Why?", Answer + " So it is in billing-platform since last year, when the old way of doing it was given up at last.")), Context)));

        Assert.Equal([1, 2, 3], store.Read().Select(p => p.Id));
        Assert.Equal(4, store.NextId);
        Assert.Empty(TrainingCheck.CheckAll(Store, Context));
    }

    [Fact]
    public void A_secret_is_masked_on_its_way_into_the_store()
    {
        var store = new TrainingStore(Store);

        Assert.Equal((1, 0, 0), Counts(store.Append("auth.jsonl", Write(Pair(question: "Is AKIAABCDEFGHIJKLMNOP the key?")), Context)));

        Assert.Equal("Is AKIA**** (20 characters) the key?", store.Read()[0].Question);
        Assert.Empty(TrainingCheck.CheckAll(Store, Context));
    }

    [Fact]
    public void All_files_are_checked_against_one_another()
    {
        directory.File("project/.orchestration/training/a.jsonl", $"{Pair(2).ToJson()}\n{Pair(1, "B?").ToJson()}\n");
        directory.File("project/.orchestration/training/b.jsonl", Pair(2, "C?").ToJson());

        var problems = string.Join('\n', TrainingCheck.CheckAll(Store, Context));

        Assert.Contains("a.jsonl:2: error: The id 1 stands behind 2.", problems, StringComparison.Ordinal);
        Assert.Contains("b.jsonl:1: error: The id 2 is in a.jsonl already.", problems, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_store_is_not_written_to_and_names_are_plain()
    {
        var store = new TrainingStore(Store);
        var damaged = directory.File("project/.orchestration/training/a.jsonl", "{");

        Assert.Throws<TrainingException>(() => store.Append("b.jsonl", Write(Pair()), Context));
        Assert.Throws<TrainingException>(() => store.Append("../b.jsonl", Write(Pair()), Context));
        File.Delete(damaged);
        File.CreateSymbolicLink(damaged, Write(Pair()));
        Assert.Throws<TrainingException>(() => store.Read());
    }

    [Fact]
    public void Numbers_are_counted_by_type_difficulty_and_module()
    {
        ImmutableArray<TrainingPair> pairs = [Pair(), Pair(2) with { Taxonomy = TrainingTaxonomy.Rationale, ModulesReferenced = ["auth", "billing"], QualityScore = 0.4m, ExpiresAt = Today }];

        var stats = TrainingStats.Of(pairs, Today);

        Assert.Equal((2, 1, 0.65m), (stats.Pairs, stats.Expired, stats.MeanQuality));
        Assert.Equal((7, 1, 0), (stats.ByTaxonomy.Count, stats.ByTaxonomy["rationale"], stats.ByTaxonomy["diagnosis"]));
        Assert.Equal((2, 1), (stats.ByModule["auth"], stats.ByModule["billing"]));
    }

    private static (int, int, int) Counts(TrainingAppended appended) => (appended.Added, appended.Known, appended.Problems.Length);
}
