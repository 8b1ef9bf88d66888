using Muster.Agents.Inspect.Rules;
using Muster.Artefacts;

namespace Muster.Tests.Agents.Inspect.Rules;

public sealed class RuleCheckTests
{
    [Fact]
    public void The_sixth_match_in_a_file_begins_a_count_of_the_rest()
    {
        using var root = new ExampleTree();
        var findings = root.Run(CheckOf("pattern: 'bad\\('"), "a.py", string.Concat(Enumerable.Repeat("bad()\n", 9)));

        Assert.Equal([1, 2, 3, 4, 5, 6], findings.Select(finding => finding.Line ?? 0));
        Assert.Contains("4 more in this file", findings[^1].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.py", "# bad()")]
    [InlineData("a.py", "x = 1  # bad()")]
    [InlineData("a.py", "def f():\n    \"\"\"Text.\n\n    bad()\n    \"\"\"\n")]
    [InlineData("a.py", "x = 'bad()'")]
    [InlineData("a.py", "x = \"\"\"\nbad()\n\"\"\"")]
    [InlineData("a.js", "/* a\n bad()\n*/")]
    [InlineData("a.js", "const t = `\nbad()\n`;")]
    [InlineData("a.cs", "var t = \"\"\"\n    bad()\n    \"\"\";")]
    public void Comments_and_strings_are_not_code(string path, string text)
    {
        using var root = new ExampleTree();
        Assert.Empty(root.Run(CheckOf("pattern: 'bad\\('"), path, text));
    }

    [Theory]
    [InlineData("a.py", "x = 'it' ; bad()")]
    [InlineData("a.py", "\"\"\"Text.\"\"\"\nbad()")]
    [InlineData("a.py", "x = \"\"\"\ntext\n\"\"\"\nbad()")]
    [InlineData("a.js", "/* a */ bad()")]
    [InlineData("a.js", "get('https://a') ; bad()")]
    [InlineData("a.rs", "fn f<'a>(x: &'a str) { bad() }")]
    public void Code_beside_comments_and_strings_is_code(string path, string text)
    {
        using var root = new ExampleTree();
        Assert.Single(root.Run(CheckOf("pattern: 'bad\\('"), path, text));
    }

    [Theory]
    [InlineData("a.py", "for x in y:\n    if x:\n        bad()\n", true)]
    [InlineData("a.py", "for x in y:\n    pass\nbad()\n", false)]
    [InlineData("a.py", "for x in y:\n    def f():\n        bad()\n", false)]
    [InlineData("a.cs", "foreach (var x in y)\n{\n    bad();\n}\n", true)]
    [InlineData("a.cs", "for (\n    var i = 0;\n    i < n;\n    i++)\n{\n    bad();\n}\n", true)]
    [InlineData("a.cs", "if (x)\n{\n    bad();\n}\n", false)]
    [InlineData("a.js", "items.forEach((x) => {\n  bad();\n});\n", true)]
    [InlineData("a.js", "for (const x of y) {\n  on(() => {\n    bad();\n  });\n}\n", false)]
    public void A_loop_is_seen_by_its_indentation(string path, string text, bool isInLoop)
    {
        using var root = new ExampleTree();
        Assert.Equal(isInLoop, root.Run(CheckOf("pattern: 'bad\\('\n    within: loop"), path, text).Length == 1);
    }

    [Fact]
    public void Many_lines_that_each_take_a_little_too_long_are_told_as_one()
    {
        using var root = new ExampleTree();
        var text = string.Concat(Enumerable.Repeat(new string('a', 28) + "b\n", 20_000));

        Assert.Contains("took too long", Assert.Single(root.Run(CheckOf("pattern: '^(?:a|aa)+$'"), "a.py", text)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.py", "bad()  # nosec B602", "minor")]
    [InlineData("a.cs", "#pragma warning disable CA2100 // constants only\nbad();", "minor")]
    [InlineData("a.java", "@SuppressFBWarnings(value = \"X\", justification = \"it is not used\")\nfinal File f() {\nbad(); }", "minor")]
    [InlineData("a.py", "bad()  # noqa: E501", "major")]
    [InlineData("a.cs", "#pragma warning disable CA2100\nx();\nx();\nbad();", "major")]
    public void What_another_scanner_was_told_to_allow_is_advice(string path, string text, string severity)
    {
        using var root = new ExampleTree();
        Assert.Equal(severity, Assert.Single(root.Run(CheckOf("pattern: 'bad\\('"), path, text)).Severity.ToString(), ignoreCase: true);
    }

    [Fact]
    public void Of_the_rules_of_a_pack_that_hold_on_a_line_the_worst_says_it()
    {
        using var root = new ExampleTree();
        var both = RulePack.Parse("sample", $$"""
            globs: ["*.py"]
            rules:
              - { id: bad-call, severity: major, proof: text, pattern: 'bad', message: a bad call, advice: leave it, examples: { bad: [a, b], good: [c, d] } }
              - { id: bad-input, severity: critical, proof: flow, pattern: 'bad\(input', message: bad input, advice: leave it, examples: { bad: [a, b], good: [c, d] } }
            """);

        Assert.Equal(["bad-call", "bad-input"], root.Run(RuleCheck.Of(both), "a.py", "bad(x)\nbad(input)\n").Select(finding => finding.Rule!));
    }

    [Theory]
    [InlineData("x = ask()\nbad(x)", true)]
    [InlineData("x = ask()\n\n\n\nbad(x)", false)]
    [InlineData("y = ask()\nbad(x)", false)]
    [InlineData("x = ask()\nx = clean(x)\nbad(x)", false)]
    [InlineData("xx = ask()\nbad(x)", false)]
    public void A_value_is_known_by_where_it_comes_from(string text, bool isFound)
    {
        using var root = new ExampleTree();
        var check = CheckOf("pattern: 'bad\\((?<value>\\w+)\\)'\n    value_from: { lines: 3, pattern: '\\b{value} = ask', unless: 'clean\\({value}' }");

        Assert.Equal(isFound, root.Run(check, "a.py", text).Length == 1);
    }

    [Fact]
    public void A_script_that_was_made_from_others_is_left_alone()
    {
        using var root = new ExampleTree();
        var check = RuleCheck.Of(RulePack.Parse("sample", """
            globs: ["*.js"]
            rules:
              - { id: bad-call, severity: major, proof: text, pattern: 'bad', message: a bad call, advice: leave it, examples: { bad: [a, b], good: [c, d] } }
            """));

        Assert.Empty(root.Run(check, "a.js", "/* licence */\n" + string.Concat(Enumerable.Repeat("a=b;", 200)) + "bad()\n"));
        Assert.Single(root.Run(check, "a.js", string.Concat(Enumerable.Repeat("a=b;\n", 200)) + "bad()\n"));
    }

    [Fact]
    public void A_pattern_that_takes_too_long_is_told_and_does_not_stop_the_check()
    {
        using var root = new ExampleTree();
        var finding = Assert.Single(root.Run(CheckOf("pattern: '^(?:a|aa)+$'"), "a.py", new string('a', 100) + "b"));

        Assert.Equal(Severity.Minor, finding.Severity);
        Assert.Contains("took too long", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_secret_of_an_example_is_written_into_a_finding()
    {
        using var root = new ExampleTree();
        foreach (var rule in RulePack.ReadBuiltIn("credentials").Rules)
        {
            foreach (var bad in rule.Examples.Bad)
            {
                var secret = rule.Pattern.Regex.Match(bad).Groups["secret"].Value;
                var finding = Assert.Single(root.Run(RuleCheck.Of(new("credentials", [rule])), rule.Examples.File, bad));
                Assert.True(secret.Length > 8, rule.Id);
                Assert.DoesNotContain(secret[..8], finding.Message, StringComparison.Ordinal);
                Assert.DoesNotContain(secret[^8..], finding.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Another_rule_that_quotes_a_line_with_a_secret_ends_its_quote_before_it()
    {
        using var root = new ExampleTree();
        var finding = Assert.Single(root.Run(CheckOf("pattern: 'bad\\('"), "a.py", "bad(user, password='hunter2hunter2')"));

        Assert.Equal("bad(user, password='", finding.Quote);
    }

    [Fact]
    public void A_long_line_is_quoted_around_its_match()
    {
        using var root = new ExampleTree();
        var finding = Assert.Single(root.Run(CheckOf("pattern: 'bad\\('"), "a.py", $"{new string('x', 400)} bad() {new string('y', 400)}"));

        Assert.Equal(120, finding.Quote?.Length);
        Assert.Contains("bad()", finding.Quote, StringComparison.Ordinal);
    }

    [Fact]
    public void Tests_are_left_out_where_the_rule_says_so()
    {
        using var root = new ExampleTree();
        var check = CheckOf("pattern: 'bad\\('\n    skip_tests: true");

        Assert.Empty(root.Run(check, "tests/a.py", "bad()"));
        Assert.Empty(root.Run(check, "src/a.rs", "fn f() {}\n#[cfg(test)]\nmod tests { bad() }"));
        Assert.Single(root.Run(check, "src/contest/a.py", "bad()"));
    }

    [Fact]
    public void A_cancelled_check_stops_at_the_next_file()
    {
        using var root = new ExampleTree();
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.Throws<OperationCanceledException>(() => root.RunUntil(CheckOf("pattern: 'bad\\('"), "a.py", "bad()", source.Token));
    }

    private static RuleCheck CheckOf(string keys) => RuleCheck.Of(RulePack.Parse("sample", $$"""
        rules:
          - id: bad-call
            severity: major
            proof: text
            globs: ["**"]
            {{keys}}
            message: a bad call
            advice: leave it out
            examples: { bad: [a, b], good: [c, d] }
        """));
}
