using Muster.Artefacts;

namespace Muster.Tests.Artefacts;

public sealed class BaselineTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("muster-baseline-").FullName;

    private string File => Path.Combine(directory, "baseline.json");

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void What_is_written_is_known_again()
    {
        Baseline.Write(File, [new("b", "rule", "z.cs", "m"), new("a", null, "a.cs", "m"), new("a", null, "a.cs", "m")]);

        var baseline = Baseline.Load(File);

        Assert.Equal(2, baseline.Count);
        Assert.True(baseline.Contains("a"));
        Assert.True(baseline.Contains("b"));
        Assert.False(baseline.Contains("c"));
    }

    [Fact]
    public void The_file_is_the_same_whatever_the_order_and_holds_no_secret()
    {
        var secret = "ghp_" + new string('a', 36);
        BaselineEntry one = new("b", "rule", "z.cs", $"token {secret} in source"), other = new("a", null, "a.cs", "m");

        Baseline.Write(File, [one, other]);
        var first = System.IO.File.ReadAllText(File);
        Baseline.Write(File, [other, one]);

        Assert.Equal(first, System.IO.File.ReadAllText(File));
        Assert.DoesNotContain(secret, first, StringComparison.Ordinal);
        Assert.EndsWith("}\n", first, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "line 1, column 1")]
    [InlineData("{\n  \"version\": 1,\n  oops", "line 3")]
    [InlineData("{}", "'version'")]
    [InlineData("null", "'version'")]
    [InlineData("""{"version":1}""", "'findings'")]
    [InlineData("""{"version":1,"findings":[{}]}""", "'fingerprint'")]
    [InlineData("""{"version":1,"findings":[null]}""", "'fingerprint'")]
    [InlineData("""{"version":9,"findings":[]}""", "version 9")]
    public void A_file_that_cannot_be_used_is_told_with_what_to_do(string content, string what)
    {
        System.IO.File.WriteAllText(File, content);

        var error = Assert.Throws<BaselineException>(() => Baseline.Load(File));

        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.Contains(File, error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.NextStep);
    }

    [Fact]
    public void A_file_that_is_not_there_is_told()
    {
        Assert.Contains("There is no baseline file", Assert.Throws<BaselineException>(() => Baseline.Load(File)).Message, StringComparison.Ordinal);
        Assert.Throws<BaselineException>(() => Baseline.Load(directory));
        Assert.Throws<BaselineException>(() => Baseline.Write(directory, []));
    }

    [Fact]
    public void A_fingerprint_forgets_the_line_and_remembers_the_rest()
    {
        var finding = new Finding(Severity.Major, "a.cs", 3, null, "message 17 of X", "some-rule");
        var print = Fingerprint.Of(finding, "0123456789abcdef", 0);

        Assert.Matches("^[0-9a-f]{32}$", print);
        Assert.Equal(print, Fingerprint.Of(finding with { Line = 90, Message = "other words", Severity = Severity.Minor }, "0123456789abcdef", 0));
        Assert.NotEqual(print, Fingerprint.Of(finding, "0123456789abcdef", 1));
        Assert.NotEqual(print, Fingerprint.Of(finding, "fedcba9876543210", 0));
        Assert.NotEqual(print, Fingerprint.Of(finding with { Path = "b.cs" }, "0123456789abcdef", 0));
        Assert.NotEqual(print, Fingerprint.Of(finding with { Rule = "other-rule" }, "0123456789abcdef", 0));
        Assert.Equal(
            Fingerprint.Of(finding with { Rule = null }, "0123456789abcdef", 0),
            Fingerprint.Of(finding with { Rule = null, Message = "Message  18 of x" }, "0123456789abcdef", 0));
    }
}
