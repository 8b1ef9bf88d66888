using Muster.Agents.Inspect.Checks;
using Muster.Artefacts;

namespace Muster.Tests.Agents.Inspect.Checks;

public sealed class RepoBasicsCheckTests() : CheckTest(new RepoBasicsCheck())
{
    [Fact]
    public async Task A_bare_heap_of_source_lacks_everything()
    {
        Write("src/a.py", "x = 1\n");

        var findings = await FindingsAsync();

        Assert.Equal(
            ["repo-basics-licence", "repo-basics-readme", "repo-basics-tests", "repo-basics-pipeline"],
            findings.Select(finding => finding.Rule));
        Assert.Equal(2, findings.Count(finding => finding.Severity == Severity.Major));
        Assert.All(findings, finding => Assert.Equal(".", finding.Location));
    }

    [Fact]
    public async Task A_licence_in_each_part_makes_a_missing_one_of_the_whole_advice()
    {
        Write("README.md", new string('x', 300));
        Write("packages/core/LICENSE", "MIT\n");

        Assert.Equal(("repo-basics-licence", Severity.Minor), (await FindingsAsync()).Select(finding => (finding.Rule!, finding.Severity)).First());
    }

    [Fact]
    public async Task A_tiny_readme_colliding_and_controlled_names_are_found()
    {
        Write("LICENSE", "MIT\n");
        Write("README.md", "# A\n");
        Write("docs/A.txt", "a");
        Write("docs/a.txt", "a");
        Write("docs/b\u0007.txt", "b");

        Assert.Equal(
            [("README.md", "repo-basics-readme-tiny"), ("docs/a.txt", "repo-basics-case-collision"), ("docs", "repo-basics-control-character")],
            await FoundAsync());
    }

    [Fact]
    public async Task A_name_that_is_no_text_is_told_and_not_read()
    {
        Write("LICENSE", "MIT\n");
        Write("README.md", new string('x', 300));
        await ShellAsync("touch \"$(printf 'a\\377.txt')\"");

        var found = await FoundAsync();

        await ShellAsync("rm a*.txt"); // No program of ours could remove it.
        Assert.Equal([(".", "repo-basics-name-encoding")], found);
    }

    private async Task ShellAsync(string command)
    {
        using var shell = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("sh", ["-c", command]) { WorkingDirectory = Root })!;
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, shell.ExitCode);
    }

    [Theory]
    [InlineData("LICENSE-MIT", "readme.rst", "tests/a_test.py", ".github/workflows/ci.yml")]
    [InlineData("COPYING", "README", "src/AppTests.cs", ".gitlab-ci.yml")]
    public async Task A_complete_repository_stays_silent(string licence, string readme, string test, string pipeline)
    {
        Write(licence, "text\n");
        Write(readme, new string('x', 300));
        Write(test, "x\n");
        Write(pipeline, "x\n");
        Write("src/a.py", "x = 1\n");

        Assert.Empty(await FoundAsync());
    }

    [Fact]
    public async Task Documents_alone_need_no_tests_and_rust_may_test_inline()
    {
        Write("LICENSE", "MIT\n");
        Write("README.md", new string('x', 300));
        Assert.Empty(await FoundAsync());

        Write("src/lib.rs", "#[cfg(test)]\nmod tests {}\n");
        Assert.Equal([(".", "repo-basics-pipeline")], await FoundAsync());
    }
}
