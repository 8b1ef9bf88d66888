using System.Text.RegularExpressions;
using Muster.Agents;
using Muster.Plans;

namespace Muster.Tests.Agents.Inspect.Rules;

/// <summary>The built-in audit uses all that the inspector has, and nothing else.</summary>
public sealed partial class AuditPlanTests
{
    private static readonly string Plan = Catalog.TextOf("audit");

    [Fact]
    public void Every_check_is_used_once_and_every_name_is_a_check() => Assert.Equal(
        BuiltInAgents.Checks.Select(check => check.Id).Order(StringComparer.Ordinal),
        ChecksPattern().Matches(Plan)
            .SelectMany(match => NamePattern().Matches(match.Groups["names"].Value)).Select(name => name.Value).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("sec")]
    [InlineData("cor")]
    [InlineData("prf")]
    [InlineData("upk")]
    public void A_domain_has_eight_tasks(string prefix) =>
        Assert.All(Enumerable.Range(1, 8), n => Assert.Contains($"- id: {prefix}-{n}\n", Plan, StringComparison.Ordinal));

    [GeneratedRegex(@"^ +checks:(?<names> \[[^\]]+\]|(?:\n(?:#~ )? {10}- [a-z\-]+)+)", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex ChecksPattern();

    [GeneratedRegex("(?<=^ +- |[\\[,] ?)[a-z][a-z-]+", RegexOptions.Multiline)]
    private static partial Regex NamePattern();
}
