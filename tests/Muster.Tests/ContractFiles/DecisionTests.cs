using Muster.Contracts;

namespace Muster.Tests.ContractFiles;

public sealed class DecisionTests : IDisposable
{
    private readonly ContractFixture contracts = new();

    public void Dispose() => contracts.Dispose();

    [Fact]
    public void A_decision_that_is_written_reads_as_it_was()
    {
        var written = ContractFixture.Decision(contracts.Read().NextDecision, "key-rotation") with { Affects = [], Status = "superseded by 001" };

        written.WriteTo(contracts.Path);

        var set = contracts.Read();
        Assert.Empty(set.Problems);
        var read = set.Decisions.Single(d => d.Number == 2);
        Assert.Equal(written, read with { Affects = written.Affects });
        Assert.Equal(ContractFixture.Decision().Affects, set.Decisions[0].Affects);
        Assert.Equal(3, set.NextDecision);
    }

    [Theory]
    [InlineData("accepted", "maybe", "decisions/001-token-format.md:6: error: 'maybe' is no status.")]
    [InlineData("accepted", "superseded by 007", ":6: error: It is superseded by 007, and there is no other decision")]
    [InlineData("auth, billing", "auth, nobody", ":4: error: It affects 'nobody'")]
    [InlineData("Keys are published.", "", "error: The section 'Consequences' is empty.")]
    [InlineData("# 001: Tokens are JWTs", "", ":1: error: The decision has no title.")]
    [InlineData("## Context", "## Status", "error: The section 'Status' is there twice.")]
    public void A_decision_without_what_it_needs_is_told(string old, string @new, string expected)
    {
        contracts.Change("decisions/001-token-format.md", old, @new);

        Assert.Contains(expected, contracts.Problems(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.md", "# T\n\nText\n", 1, "# T\n\nVersion: 2\n\nText\n")]
    [InlineData("a.md", "# T\n\nVersion: 41\n\nText\n", 41, "# T\n\nVersion: 42\n\nText\n")]
    [InlineData("a.md", "Text", 1, "Version: 2\n\nText")]
    [InlineData("a.md", "# T", 1, "# T\n\nVersion: 2\n")]
    [InlineData("a.json", "{\"project\": \"p\", \"version\": 9, \"modules\": []}", 9, "{\"project\": \"p\", \"version\": 10, \"modules\": []}")]
    [InlineData("a.json", "{ \"modules\": [{\"version\": 7}]}", 1, "{\n  \"version\": 2, \"modules\": [{\"version\": 7}]}")]
    public void A_version_is_read_and_the_next_one_written_and_nothing_else_changes(string path, string text, int version, string bumped)
    {
        Assert.Equal(version, ContractVersion.Of(path, text));
        Assert.Equal(bumped, ContractVersion.Bump(path, text));
        Assert.Equal(version + 1, ContractVersion.Of(path, bumped));
    }

    [Fact]
    public void A_version_far_down_is_text()
    {
        var text = string.Concat(Enumerable.Repeat("line\n", 30)) + "Version: 9\n";

        Assert.Equal(1, ContractVersion.Of("a.md", text));
    }

    [Fact]
    public void A_change_names_exactly_the_builders_that_have_to_know()
    {
        var before = contracts.Read();
        contracts.Change("interfaces/billing.interface.md", "# billing", "# Billing");
        contracts.Change("modules.json", "\"src/web/\"", "\"src/site/\"");

        var changes = ContractChange.Between(before, contracts.Read());

        Assert.Equal(["interfaces/billing.interface.md", "modules.json"], changes.Select(c => c.Path));
        Assert.Equal(["billing", "web"], changes[0].Affects);
        Assert.Equal(["web"], changes[1].Affects);
        Assert.False(changes[0].IsBumped);
        var bumped = ContractVersion.Bump("interfaces/billing.interface.md", File.ReadAllText(Path.Combine(contracts.Path, "interfaces/billing.interface.md")));
        contracts.Write("interfaces/billing.interface.md", bumped);
        Assert.True(ContractChange.Between(before, contracts.Read())[0].IsBumped);
    }
}
