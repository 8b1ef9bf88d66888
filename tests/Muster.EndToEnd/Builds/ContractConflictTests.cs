namespace Muster.EndToEnd.Builds;

/// <summary>Builders that cannot meet a contract: a judge proposes, a person decides.</summary>
public sealed class ContractConflictTests
{
    [Fact]
    public async Task A_contract_that_flexes_gets_a_version_and_a_decision_and_exactly_its_builders_are_asked_again()
    {
        var script = new BuildScript(new("auth"), new("mail", "auth"), new("billing", "auth"), new("log"))
        {
            ["build/billing/1"] = BuildScript.Blocked("auth has no clock"),
            ["judge/billing/1"] = new
            {
                attempt_files = new Dictionary<string, string> { ["contracts/interfaces/auth.interface.md"] = "# auth\n\nVersion: 1\n\nrun(clock) prints its name.\n" },
                @return = "Done. Flex: auth takes a clock.",
            },
        };
        using var project = new BuildProject(script);
        await project.CommitAsync(("README.md", "# Shop\n"));
        project.Expect(4, await project.BuildAsync());
        project.Expect(4, await project.ApproveAsync("architecture"), "conflict/billing/1");
        Assert.Equal((1, 1), (project.Round("mail"), project.Round("log"))); // Nobody else waited.
        var shown = await project.Muster.RunAsync("approve", "--show");
        Assert.Contains("auth takes a clock", shown.Output, StringComparison.Ordinal);

        var (exit, gates) = await project.DecideAsync(4);

        project.Expect(0, exit);
        Assert.Equal(["conflict/billing/1", "ship"], gates);
        Assert.Equal((2, 2, 2, 1), (project.Round("auth"), project.Round("mail"), project.Round("billing"), project.Round("log")));
        var contract = await project.FileAsync(".orchestration/contracts/interfaces/auth.interface.md");
        Assert.Contains("Version: 2", contract, StringComparison.Ordinal);
        Assert.Contains("run(clock)", contract, StringComparison.Ordinal);
        var decision = await project.FileAsync(".orchestration/contracts/decisions/002-conflict-billing-1.md");
        Assert.Contains("auth has no clock", decision, StringComparison.Ordinal);
        Assert.Contains("auth has no clock", await project.FileAsync(".orchestration/conflicts/billing-1.md"), StringComparison.Ordinal);
        Assert.Contains("Contracts changed on", await File.ReadAllTextAsync(Path.Combine(project.Muster.OnlyRun, "builds", "module-billing", ".orchestration", "brains", "builder-billing.md"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(0, (await project.Muster.RunAsync("contracts", "check", Path.Combine(project.Muster.OnlyRun, "builds", "integration", ".orchestration", "contracts"))).ExitCode);
    }

    [Fact]
    public async Task A_builder_that_is_to_adapt_and_one_whose_flex_is_rejected_build_against_the_contract_as_it_was()
    {
        var script = new BuildScript(new("auth"), new("mail"), new("log"))
        {
            ["build/auth/1"] = BuildScript.Blocked("auth cannot print"),
            ["judge/auth/1"] = new { @return = "Done. Adapt: print to a file." },
            ["build/mail/1"] = BuildScript.Blocked("mail has no name"),
            ["judge/mail/1"] = new
            {
                attempt_files = new Dictionary<string, string> { ["contracts/interfaces/mail.interface.md"] = "# mail\n\nrun(name)\n" },
                @return = "Done. Flex: mail takes a name.",
            },
        };
        using var project = new BuildProject(script);

        var (exit, gates) = await project.DecideAsync(await project.BuildAsync(), ("conflict/mail/1", "its name is mail"));

        project.Expect(0, exit);
        Assert.Equal(["architecture", "conflict/auth/1", "conflict/mail/1", "ship"], gates);
        Assert.Equal((2, 2, 1), (project.Round("auth"), project.Round("mail"), project.Round("log")));
        Assert.Contains("print to a file", project.PromptOf("build/auth/2"), StringComparison.Ordinal);
        Assert.Contains("its name is mail", project.PromptOf("build/mail/2"), StringComparison.Ordinal);
        Assert.DoesNotContain("run(name)", await project.FileAsync(".orchestration/contracts/interfaces/mail.interface.md"), StringComparison.Ordinal);
        Assert.DoesNotContain(await project.PathsAsync(), p => p.Contains("decisions/002", StringComparison.Ordinal));
    }
}
