using System.Collections.Immutable;
using Muster.Agents.Inspect.Rules;
using Muster.Artefacts;

namespace Muster.Tests.Agents.Inspect.Rules;

public sealed class RulePackTests
{
    public static TheoryData<string, string> Rules => [.. RulePack.BuiltInIds.SelectMany(id => RulePack.ReadBuiltIn(id).Rules.Select(rule => (id, rule.Id)))];

    [Theory]
    [MemberData(nameof(Rules))]
    public void Every_rule_finds_its_bad_examples_and_leaves_its_good_ones(string packId, string ruleId)
    {
        var rule = Find(packId, ruleId);
        var check = RuleCheck.Of(new(packId, [rule]));
        using var root = new ExampleTree();
        foreach (var bad in rule.Examples.Bad)
        {
            var findings = root.Run(check, rule.Examples.File, bad);
            Assert.True(findings.Length > 0, $"{ruleId} finds nothing in {rule.Examples.File}:\n{bad}");
            Assert.All(findings, finding => AssertHasEvidence(finding, rule, bad));
        }

        foreach (var good in rule.Examples.Good)
        {
            Assert.True(root.Run(check, rule.Examples.File, good) is [], $"{ruleId} finds something in {rule.Examples.File}:\n{good}");
        }
    }

    [Fact]
    public void Rule_ids_are_unique_over_all_packs() => Assert.Empty(
        RulePack.BuiltInIds.SelectMany(id => RulePack.ReadBuiltIn(id).Rules).GroupBy(rule => rule.Id).Where(group => group.Count() > 1).Select(group => group.Key));

    [Fact]
    public void Every_built_in_pack_is_a_check_of_its_name() =>
        Assert.Equal(RulePack.BuiltInIds, RulePack.BuiltIn().Select(check => check.Id).ToImmutableArray());

    private static Rule Find(string packId, string ruleId) => RulePack.ReadBuiltIn(packId).Rules.Single(rule => rule.Id == ruleId);

    private static void AssertHasEvidence(Finding finding, Rule rule, string text)
    {
        Assert.Equal(rule.Id, finding.Rule);
        var line = text.Split('\n')[(finding.Line ?? 1) - 1];
        if (finding.Quote is { } quote)
        {
            Assert.Contains(quote, line, StringComparison.Ordinal);
            Assert.True(quote.Length <= 120);
        }

        // What is written is read back as the same finding; a quote that looks like a command is no claim to its reader.
        var read = WorkerFile.ParseFinding(WorkerFile.RenderFinding(finding))!;
        Assert.Equal(finding with { Quote = read.Quote }, read);
        Assert.True(read.Quote is null || read.Quote == finding.Quote, $"{read.Quote} is not {finding.Quote}");
    }
}
