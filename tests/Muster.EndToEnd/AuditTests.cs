namespace Muster.EndToEnd;

/// <summary>The main job on a real repository that the test makes.</summary>
public sealed class AuditTests : IDisposable
{
    private readonly MusterProcess muster = new();

    public void Dispose() => muster.Dispose();

    [Fact]
    public async Task An_audit_finds_what_is_there_and_leaves_every_report()
    {
        var tree = await TreeAsync();

        var result = await muster.RunAsync("audit", tree, "--fail-on", "major", "--sarif", "out.sarif");

        Assert.True(result.ExitCode == 6, result.Output + result.Errors);
        Assert.Contains("32 workers, 4 domains, agent inspect (no cost)", result.Output, StringComparison.Ordinal);
        Assert.Contains("32 planned, 32 launched, 32 verified, 0 failed, 0 skipped", result.Output, StringComparison.Ordinal);
        Assert.Contains("src/app.py:3", result.Output, StringComparison.Ordinal);
        foreach (var name in new[] { "report.md", "report.html", "report.sarif", "summary.md", "gaps.md", "plan.yaml", "run.db" })
        {
            Assert.True(new FileInfo(Path.Combine(muster.OnlyRun, name)).Length >= 0, name);
        }

        Assert.Equal(File.ReadAllText(Path.Combine(muster.OnlyRun, "report.sarif")), File.ReadAllText(Path.Combine(muster.Home, "out.sarif")));
        Assert.Equal(32, Directory.GetFiles(Path.Combine(muster.OnlyRun, "workers"), "*.md").Length);
    }

    [Fact]
    public async Task Its_json_says_the_same_and_the_parents_bill_is_held()
    {
        var tree = await TreeAsync();

        var json = await muster.JsonAsync("audit", tree);

        Assert.Equal(32, json.GetProperty("census").GetProperty("verified").GetInt32());
        Assert.InRange(json.GetProperty("parentContext").GetProperty("tokens").GetInt32(), 50, 2_200);
        Assert.True(json.GetProperty("findings").GetProperty("major").GetInt32() >= 1);
    }

    [Fact]
    public async Task With_a_baseline_an_old_code_base_starts_green_and_new_findings_count()
    {
        var tree = await TreeAsync();
        await muster.RunAsync("audit", tree, "--write-baseline", "known.json");

        Assert.Equal(0, (await muster.RunAsync("audit", tree, "--baseline", "known.json", "--fail-on", "minor")).ExitCode);

        muster.Write("tree/src/other.py", "<<<<<<< HEAD\n");
        Assert.Equal(6, (await muster.RunAsync("audit", tree, "--baseline", "known.json", "--fail-on", "minor")).ExitCode);
    }

    [Fact]
    public async Task A_comment_with_a_reason_keeps_a_finding_out()
    {
        muster.Write("tree/src/app.py", "x = 1\n# muster:ignore merge-marker-left because it is a test of ours\n<<<<<<< HEAD\n");

        var json = await muster.JsonAsync("audit", Path.Combine(muster.Home, "tree"));

        Assert.Equal(2, json.GetProperty("findings").GetProperty("major").GetInt32()); // No licence and no README.
        Assert.Equal(1, json.GetProperty("findings").GetProperty("suppressed").GetInt32());
    }

    [Fact]
    public async Task A_secret_is_masked_wherever_it_is_written()
    {
        var secret = "AKIA" + "Q3EGTLBVZ7PFW2MX";
        muster.Write("tree/src/settings.py", $"aws_access_key_id = \"{secret}\"\n");

        var result = await muster.RunAsync("audit", Path.Combine(muster.Home, "tree"));

        Assert.Contains("src/settings.py:1", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, result.Output, StringComparison.Ordinal);
        foreach (var file in Directory.EnumerateFiles(muster.Runs, "*", SearchOption.AllDirectories))
        {
            Assert.DoesNotContain(secret, System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)), StringComparison.Ordinal);
        }
    }

    /// <summary>Names with newlines, link loops, invalid UTF-8, a sparse file of 2 GB, a pipe: none of it stops an audit.</summary>
    [Fact]
    public async Task A_strange_tree_is_audited_all_the_same()
    {
        var tree = await TreeAsync();
        muster.Write("tree/na\nme.py", "<<<<<<< HEAD\n");
        await File.WriteAllBytesAsync(Path.Combine(tree, "bytes.py"), [0xC3, 0x28, 0x0A, 0xFF], TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(Path.Combine(tree, "loop"), tree);
        File.CreateSymbolicLink(Path.Combine(tree, "self"), "self");
        using (var huge = new FileStream(Path.Combine(tree, "huge.py"), FileMode.Create))
        {
            huge.SetLength(2L << 30);
        }

        await muster.RunToolAsync("mkfifo", Path.Combine(tree, "pipe.py"));

        var json = await muster.JsonAsync("audit", tree);

        Assert.Equal(32, json.GetProperty("census").GetProperty("verified").GetInt32());
    }

    private async Task<string> TreeAsync()
    {
        muster.Write("tree/README.md", "# A tree\n\nIt is here to be audited, and says so in a sentence that is long enough to count as one.\n");
        muster.Write("tree/src/app.py", "import os\nx = 1\n<<<<<<< HEAD\ny = 2\n");
        await muster.CommitAsync(Path.Combine(muster.Home, "tree"));
        return Path.Combine(muster.Home, "tree");
    }
}
