namespace Muster.EndToEnd.Builds;

/// <summary>What a person decides, and who else cannot.</summary>
public sealed class GateTests
{
    [Fact]
    public async Task Rejected_architecture_and_shipping_go_back_with_the_reason_and_are_asked_about_again_though_nothing_changed()
    {
        using var project = new BuildProject(new(new Part("auth")));
        project.Expect(4, await project.BuildAsync(), "architecture");
        var first = project.HashOf("architecture");

        project.Expect(4, await project.RejectAsync("architecture", "auth is too large"), "architecture");

        Assert.Contains("auth is too large", project.PromptOf("architect/2"), StringComparison.Ordinal);
        Assert.NotEqual(first, project.HashOf("architecture")); // The same contracts, asked about anew.
        project.Expect(4, await project.ApproveAsync("architecture"), "ship");

        project.Expect(4, await project.RejectAsync("ship", "the changelog lacks auth"), "ship");

        Assert.Contains("the changelog lacks auth", project.PromptOf("ship/2"), StringComparison.Ordinal);
        project.Expect(0, await project.ApproveAsync("ship"));
        Assert.True(Directory.Exists(Path.Combine(project.Muster.OnlyRun, "attempts", "architect", "2")));
        Assert.False(Directory.Exists(Path.Combine(project.Muster.OnlyRun, "attempts", "architect", "3")));
        Assert.False(Directory.Exists(Path.Combine(project.Muster.OnlyRun, "attempts", "ship", "3")));
    }

    /// <summary>Fault 97, and rule of security: nobody but a person who saw what waits decides it.</summary>
    [Fact]
    public async Task Nothing_is_decided_without_a_terminal_or_its_hash_nor_by_an_agent_nor_twice_and_a_build_waits_as_long()
    {
        using var project = new BuildProject(new(new Part("auth")));
        project.Expect(4, await project.BuildAsync("--gate", "scaffold"), "architecture");
        var hash = project.HashOf("architecture");

        var blind = await project.Muster.RunAsync("approve");
        Assert.True(blind.ExitCode is 1 or 2 && blind.Errors.Contains(hash[..8], StringComparison.Ordinal), blind.Output + blind.Errors);
        var other = await project.Muster.RunAsync("approve", "--hash", new string('0', 64));
        Assert.True(other.ExitCode is 1 or 2, other.Output);
        var wordless = await project.Muster.RunAsync("reject", "--hash", hash);
        Assert.True(wordless.ExitCode is 1 or 2, wordless.Output);
        project.Muster.Variables["MUSTER_ATTEMPT"] = "build-auth-1/1";
        var agent = await project.Muster.RunAsync("approve", "--hash", hash);
        Assert.True(agent.ExitCode is 1 or 2 && agent.Errors.Contains("MUSTER_ATTEMPT", StringComparison.Ordinal), agent.Output + agent.Errors);
        project.Muster.Variables.Remove("MUSTER_ATTEMPT");
        project.Expect(4, await project.ResumeAsync(), "architecture");
        Assert.Equal(hash, project.HashOf("architecture"));

        project.Expect(4, await project.ApproveAsync("architecture"), "scaffold");
        var again = await project.Muster.RunAsync("reject", "--gate", "architecture", "--hash", hash, "--because", "too late");
        Assert.True(again.ExitCode is 1 or 2 && again.Errors.Contains("the first decision counts", StringComparison.Ordinal), again.Output + again.Errors);

        project.Expect(4, await project.RejectAsync("scaffold", "no README"), "scaffold"); // Back into the stage.
        Assert.Contains("no README", project.PromptOf("scaffold/2"), StringComparison.Ordinal);
        project.Expect(4, await project.ApproveAsync("scaffold"), "ship");
    }

    [Fact]
    public async Task A_rejected_audit_goes_back_to_the_module_that_the_words_name_and_what_comes_of_it_is_audited_and_shipped()
    {
        var script = new BuildScript(new("auth"), new("mail"));
        script["build/auth/2"] = script.Built("auth", ("src/auth/mended.sh", "# mended\n"));
        using var project = new BuildProject(script);
        project.Expect(4, await project.BuildAsync("--gate", "harden"), "architecture");
        project.Expect(4, await project.ApproveAsync("architecture"), "harden");
        Assert.Contains("hardening: Complete, ", (await project.Muster.RunAsync("approve", "--show")).Output, StringComparison.Ordinal);

        project.Expect(4, await project.RejectAsync("harden", "auth: mend it"), "harden");

        Assert.Equal((2, 1), (project.Round("auth"), project.Round("mail")));
        Assert.Contains("auth: mend it", project.PromptOf("build/auth/2"), StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetDirectories(Path.Combine(project.Muster.OnlyRun, "harden")).Length); // The new tree, in a run of its own.
        project.Expect(4, await project.ApproveAsync("harden"), "ship");
        project.Expect(0, await project.ApproveAsync("ship"));
        Assert.Contains("src/auth/mended.sh", await project.PathsAsync());
    }
}
