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
}
