using Muster.Agents.Inspect.Rules;

namespace Muster.Tests.Agents.Inspect.Rules;

public sealed class RulePackReaderTests
{
    private const string Good = """
        globs: ["*.py"]
        rules:
          - id: bad-call
            severity: major
            proof: text
            pattern: 'bad\('
            message: a bad call
            advice: leave it out
            examples:
              bad: ["bad()", "x = bad()"]
              good: ["good()", "x = good()"]
        """;

    [Fact]
    public void A_pack_is_read() => Assert.Equal("bad-call", Assert.Single(RulePack.Parse("sample", Good).Rules).Id);

    [Theory]
    [InlineData("severity: major", "severity: severe", 4, "no severity")]
    [InlineData("severity: major", "severty: major", 4, "'severty' is not known")]
    [InlineData("id: bad-call", "id: Bad", 3, "no rule id")]
    [InlineData("message: a bad call", "message: a `bad` call", 7, "without backquotes")]
    [InlineData("bad: [\"bad()\", \"x = bad()\"]", "bad: [\"bad()\"]", 10, "two bad and two good")]
    [InlineData("globs: [\"*.py\"]", "globs: [\"/etc/*\"]", 1, "out of the root")]
    [InlineData("advice: leave it out", "advise: leave it out", 8, "'advise' is not known")]
    [InlineData("message: a bad call", "value_from: { lines: 3, pattern: 'x = ask' }\n    message: a bad call", 7, "needs {value}")]
    [InlineData("message: a bad call", "value_from: { lines: 3, pattern: '{value} = (' }\n    message: a bad call", 7, "needs {value}")]
    [InlineData("globs: [\"*.py\"]", "globs: [", 1, "not closed")]
    [InlineData("severity: major", "severity: major\n    severity: minor", 5, "line 5")]
    [InlineData("    proof: text\n", "", 3, "'proof' is missing")]
    [InlineData("proof: text", "proof: guess", 5, "'guess' is no proof")]
    [InlineData("severity: major", "severity: minor", 5, "has no 'proof'")]
    [InlineData("severity: major", "severity: critical", 5, "needs the proof flow or secret")]
    public void What_is_wrong_with_a_pack_is_told_with_its_line(string right, string wrong, int line, string told)
    {
        var error = Assert.Throws<RulePackException>(() => RulePack.Parse("sample", Good.Replace(right, wrong, StringComparison.Ordinal)));

        Assert.Contains($"line {line}:", error.Message, StringComparison.Ordinal);
        Assert.Contains(told, error.Message, StringComparison.Ordinal);
        Assert.Contains("'sample'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pattern_that_is_none_is_told_with_its_line_when_it_is_used()
    {
        var rule = Assert.Single(RulePack.Parse("sample", Good.Replace(@"bad\(", "bad(", StringComparison.Ordinal)).Rules);

        Assert.Contains("line 6:", Assert.Throws<RulePackException>(() => rule.Pattern.Regex).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_pack_is_told_with_the_known_ones() =>
        Assert.Contains("credentials", Assert.Throws<RulePackException>(() => RuleCheck.Load("credentalls")).NextStep, StringComparison.Ordinal);
}
