namespace Muster.EndToEnd.Builds;

/// <summary>What the commands that every run has say and do about a build.</summary>
public sealed class BuildCommandsTests
{
    [Fact]
    public async Task A_build_is_outlined_shown_listed_watched_cancelled_and_gone_on_with()
    {
        var script = new BuildScript(new("auth"), new("mail")) { ["role:trainer"] = "no-file" };
        using var project = new BuildProject(script);
        project.Muster.Write("script.yaml", script.ToText());
        var outline = await project.Muster.RunAsync("build", "A shop", "--dry-run", "--repo", project.Checkout, "--script", "script.yaml");
        Assert.True(outline.ExitCode == 0 && !Directory.Exists(project.Muster.Runs) && !Directory.Exists(Path.Combine(project.Checkout, ".git")), outline.Output + outline.Errors);
        Assert.All(["architect", "bootstrap", "scaffold", "build", "assemble", "harden", "ship", "curate"], stage => Assert.Contains($"  {stage} ", outline.Output, StringComparison.Ordinal));
        project.Expect(4, await project.BuildAsync());

        Assert.Equal(0, (await project.Muster.RunAsync("cancel")).ExitCode);
        Assert.Equal("cancelled", (await project.Muster.JsonAsync("status")).GetProperty("status").GetString());
        project.Expect(4, await project.ResumeAsync(), "architecture");
        project.Expect(4, await project.ApproveAsync("architecture"), "ship");

        var status = await project.Muster.RunAsync("status");
        Assert.Equal(4, status.ExitCode);
        Assert.All(["gate ship waits for a person", "auth has passed", "gap: bootstrap"], words => Assert.Contains(words, status.Output, StringComparison.Ordinal));
        var watched = await project.Muster.RunAsync("watch");
        Assert.Equal(4, watched.ExitCode);
        var listed = await project.Muster.RunAsync("list");
        Assert.True(listed.ExitCode == 0 && listed.Output.Contains("A shop", StringComparison.Ordinal), listed.Output + listed.Errors);
        var shown = await project.Muster.RunAsync("show");
        Assert.True(shown.ExitCode == 0 && shown.Output.Contains("merge/mail/1", StringComparison.Ordinal), shown.Output + shown.Errors);
        var step = await project.Muster.RunAsync("show", "check/auth/1");
        Assert.True(step.ExitCode == 0 && step.Output.Contains("its tests pass", StringComparison.Ordinal), step.Output + step.Errors);
        var backup = await project.Muster.RunAsync("backup", Path.Combine(project.Muster.Home, "copy"));
        Assert.True(backup.ExitCode == 0, backup.Output + backup.Errors);
        var copied = await project.Muster.RunAsync("status", "--runs", Path.Combine(project.Muster.Home, "copy"));
        Assert.True(copied.ExitCode == 4 && copied.Output.Contains("auth has passed", StringComparison.Ordinal), copied.Output + copied.Errors);
    }

    /// <summary>The build went on from a gap: to do it again now would take back all that was merged since.</summary>
    [Fact]
    public async Task A_gap_that_the_build_went_on_from_is_not_done_again_and_nothing_that_was_merged_is_lost()
    {
        var script = new BuildScript(new Part("auth")) { ["role:trainer"] = "no-file", ["role:curator"] = new object[] { "no-file", "no-file", new { attempt_files = new Dictionary<string, string> { ["brains/architect.md"] = "# Architect\n" } } } };
        using var project = new BuildProject(script);
        project.Expect(3, (await project.DecideAsync(await project.BuildAsync())).Exit);
        var head = await project.GitAsync("rev-parse", $"orchestration/{project.RunId}/integration");

        var refused = await project.Muster.RunAsync("retry", "--task", "bootstrap");
        Assert.True(refused.ExitCode == 1 && refused.Errors.Contains("has gone on from 'bootstrap'", StringComparison.Ordinal), refused.Output + refused.Errors);
        var retried = await project.Muster.RunAsync("retry"); // The curator, which is the last.

        Assert.True(retried.ExitCode == 3, retried.Output + retried.Errors);
        Assert.Contains("gap: bootstrap", retried.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("gap: curate", retried.Output, StringComparison.Ordinal);
        await project.GitAsync("merge-base", "--is-ancestor", head, $"orchestration/{project.RunId}/integration");
        Assert.Contains(".orchestration/brains/architect.md", await project.PathsAsync());
    }

    /// <summary>Faults 53 and 54: what was merged and shipped is in git; what a step came to is only in the journal.</summary>
    [Fact]
    public async Task A_build_whose_journal_is_destroyed_is_repaired_and_asks_for_what_it_lost()
    {
        using var project = new BuildProject(new(new Part("auth")));
        project.Expect(4, await project.BuildAsync());
        project.Expect(4, await project.ApproveAsync("architecture"), "ship");
        await File.WriteAllTextAsync(Path.Combine(project.Muster.OnlyRun, "run.db"), "rubbish", TestContext.Current.CancellationToken);
        Assert.Equal(1, (await project.Muster.RunAsync("status")).ExitCode);

        var repaired = await project.Muster.RunAsync("repair");

        Assert.True(repaired.ExitCode == 0, repaired.Output + repaired.Errors);
        var (exit, gates) = await project.DecideAsync(await project.ResumeAsync());
        project.Expect(0, exit);
        Assert.Equal(["architecture", "ship"], gates);
        Assert.Contains("src/auth/run.sh", await project.PathsAsync());
    }
}
