using System.Text;
using Muster.Artefacts;

namespace Muster.Tests.Artefacts;

public sealed class WorkerFileTests
{
    [Fact]
    public void What_is_rendered_is_read_back()
    {
        var file = new WorkerFile(
            "Credentials in source",
            [
                new(Severity.Critical, "src/A.cs", 41, null, "signing key in source", "hard-coded-key"),
                new(Severity.Minor, ".", null, null, "no licence file"),
                new(Severity.Major, "a b/c.py", 3, 9, "swallowed: everything"),
            ],
            ["looked at 12 files"],
            "Rotate the key.");

        var read = WorkerFile.Parse(file.Render());

        Assert.Equal(file.Title, read.Title);
        Assert.Equal(file.Findings, read.Findings);
        Assert.Equal(file.Notes, read.Notes);
        Assert.Equal(file.Recommendation, read.Recommendation);
    }

    [Fact]
    public void A_bullet_inside_a_code_fence_is_no_finding()
    {
        var read = WorkerFile.Parse("# T\n## Findings\n```\n- [critical] a.cs:1: no\n```\n- none\n<!-- DONE -->\n");

        Assert.Empty(read.Findings);
        Assert.Empty(read.Notes);
    }

    /// <summary>Fault 28: whatever mark a bullet has, what it says is not lost.</summary>
    [Theory]
    [InlineData("* [critical] a.cs:1: x")]
    [InlineData("+ [critical] a.cs:1: x")]
    [InlineData("1. [critical] a.cs:1: x")]
    [InlineData("12) [critical] a.cs:1: x")]
    [InlineData("  -   [critical] a.cs:1: x")]
    [InlineData("### Critical\n\n- [critical] a.cs:1: x")]
    [InlineData("```js foo```\n- [critical] a.cs:1: x")]
    [InlineData("~~~\n```\n~~~\n- [critical] a.cs:1: x")]
    public void A_finding_is_read_whatever_its_bullet_is_and_whatever_stands_before_it(string findings)
    {
        var text = $"# T\n## Findings\n{findings}\n<!-- DONE -->\n";

        Assert.IsType<Verdict.Verified>(Verifier.Judge(Encoding.UTF8.GetBytes(text)));
        Assert.Equal([new(Severity.Critical, "a.cs", 1, null, "x")], WorkerFile.Parse(text).Findings);
    }

    [Fact]
    public void A_bullet_that_goes_on_over_lines_is_one_finding_with_all_its_words()
    {
        var read = WorkerFile.Parse("# T\n## Findings\n- [major] a.cs:1: first\n  second\nthird\n\nno part of it\n* * *\n- none\n<!-- DONE -->\n");

        Assert.Equal([new(Severity.Major, "a.cs", 1, null, "first second third")], read.Findings);
        Assert.Empty(read.Notes);
    }

    /// <summary>Fault 28: findings that nobody could read are sent back rather than lost.</summary>
    [Theory]
    [InlineData("[critical] a.cs:1: x")]
    [InlineData("The signing key is in the source, see a.cs:1.")]
    [InlineData("```\n- [critical] a.cs:1: x\n```")]
    [InlineData("***")]
    public void Findings_that_are_no_bullets_are_refused_in_words_for_the_next_prompt(string findings)
    {
        var verdict = Verifier.Judge(Encoding.UTF8.GetBytes($"# T\n## Findings\n{findings}\n<!-- DONE -->\n"));

        var rejected = Assert.IsType<Verdict.Rejected>(verdict);
        Assert.Equal(RejectionCode.NoFindings, rejected.Code);
        Assert.Contains("no bullet", rejected.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_of_four_megabytes_is_read_like_any_other()
    {
        var read = WorkerFile.Parse("# T\n## Findings\n- [major] a.cs:1: " + string.Concat(Enumerable.Repeat("b: ", 1 << 20)) + "c\n<!-- DONE -->\n");

        Assert.Equal("a.cs", Assert.Single(read.Findings).Path);
    }
}
