namespace Muster.EndToEnd.Builds;

/// <summary>Builders that cannot meet a contract: a judge proposes, a person decides.</summary>
public sealed class ContractConflictTests
{
    private const string Critical = """
        { "locks": [ { "id": "interfaces/auth.interface.md", "locked_by": "architect", "lock_level": "critical", "affects": ["auth"], "assertion": "It prints.", "locked_at": "2026-01-01T00:00:00Z" } ],
          "audit": [ { "at": "2026-01-01T00:00:00Z", "by": "architect", "id": "interfaces/auth.interface.md", "to": "critical", "because": "clients" } ] }
        """;

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

    /// <summary>The second proposal was made for contracts that are no more: what was approved first stays.</summary>
    [Fact]
    public async Task Two_contracts_that_flex_at_once_are_both_in_what_is_shipped_and_each_is_shown_as_the_engine_reads_it()
    {
        var script = new BuildScript(new("auth"), new("mail"), new("log"))
        {
            ["build/auth/1"] = BuildScript.Blocked("auth has no clock"),
            ["build/mail/1"] = BuildScript.Blocked("mail has no box"),
            ["judge/auth/*"] = Flexes("auth", "run(clock)", "Version: 1\n\n"),
            ["judge/mail/*"] = Flexes("mail", "run(box)", string.Empty),
        };
        using var project = new BuildProject(script);
        project.Expect(4, await project.BuildAsync(), "architecture");
        project.Expect(4, await project.ApproveAsync("architecture"), "conflict/auth/1, conflict/mail/1");
        var shown = await project.Muster.RunAsync("approve", "--show", "--gate", "conflict/auth/1");
        Assert.Contains("changed  interfaces/auth.interface.md; affects auth\n", shown.Output, StringComparison.Ordinal);

        var (exit, gates) = await project.DecideAsync(4);

        project.Expect(0, exit);
        Assert.Equal(["conflict/auth/1", "conflict/mail/1", "conflict/mail/1", "ship"], gates); // The second approval was void.
        foreach (var (module, words, decision) in ((string, string, string)[])[("auth", "run(clock)", "002-conflict-auth-1"), ("mail", "run(box)", "003-conflict-mail-1")])
        {
            var contract = await project.FileAsync($".orchestration/contracts/interfaces/{module}.interface.md");
            Assert.Contains(words, contract, StringComparison.Ordinal);
            Assert.Contains("Version: 2", contract, StringComparison.Ordinal);
            Assert.Contains($"Affects: {module}\n", await project.FileAsync($".orchestration/contracts/decisions/{decision}.md"), StringComparison.Ordinal);
        }

        Assert.Equal((2, 2, 1), (project.Round("auth"), project.Round("mail"), project.Round("log")));
    }

    /// <summary>Locks of a build that is over hold in the next one from its first attempt on.</summary>
    [Fact]
    public async Task An_architect_of_a_feature_cannot_change_what_the_project_has_locked()
    {
        var script = new BuildScript(new Part("auth"));
        var contracts = script.Contracts();
        contracts["contracts/locks.json"] = Critical;
        var changed = new Dictionary<string, string>(contracts) { ["contracts/interfaces/auth.interface.md"] = "# auth\n\nIt prints nothing.\n" };
        script["role:architect"] = new object[] { new { attempt_files = changed }, new { attempt_files = contracts } };
        using var project = new BuildProject(script);
        await project.CommitAsync([("README.md", "# Shop\n"), .. contracts.Select(c => (".orchestration/" + c.Key, c.Value))]);

        project.Expect(4, await project.BuildAsync("--feature", "No printing"), "architecture");

        Assert.Contains("architect changed interfaces/auth.interface.md, which is critical", await File.ReadAllTextAsync(
            Path.Combine(project.Muster.OnlyRun, "attempts", "architect", "1", "2", "prompt.md"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("run() prints", await project.FileAsync(".orchestration/contracts/interfaces/auth.interface.md"), StringComparison.Ordinal);
    }

    /// <summary>A judge is an agent: who holds a lock is not its to say, whatever it calls its proposal.</summary>
    [Fact]
    public async Task A_judge_that_takes_a_lock_away_with_its_proposal_is_refused()
    {
        var script = new BuildScript(new Part("auth"));
        var contracts = script.Contracts();
        contracts["contracts/locks.json"] = Critical;
        script["role:architect"] = new { attempt_files = contracts };
        script["build/auth/1"] = BuildScript.Blocked("auth has no clock");
        script["judge/auth/1"] = new
        {
            attempt_files = new Dictionary<string, string> { ["contracts/locks.json"] = "{ \"locks\": [], \"audit\": [] }", ["contracts/interfaces/auth.interface.md"] = "# auth\n\nrun(clock)\n" },
            @return = "Done. Flex: auth takes a clock.",
        };
        using var project = new BuildProject(script);
        project.Expect(4, await project.BuildAsync(), "architecture");

        project.Expect(4, await project.ApproveAsync("architecture"), "module/auth");

        Assert.Contains("locks are broken", File.ReadAllText(Path.Combine(project.Muster.OnlyRun, "report.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_learned_from_a_conflict_that_nobody_settled_and_it_is_kept()
    {
        var script = new BuildScript(new("auth"), new("mail"))
        {
            ["build/auth/1"] = BuildScript.Blocked("auth has no clock"),
            ["judge/auth/1"] = new { @return = "Done. I do not know." },
        };
        var pair = BuildScript.Pair().Replace("Why is the shop small?", "How small is the shop?", StringComparison.Ordinal).Replace("which a test", "so that a short test", StringComparison.Ordinal);
        script["build/mail/1"] = new
        {
            files = script.Parts[1].Files,
            attempt_files = new Dictionary<string, string>
            {
                ["training.jsonl"] = pair + pair.Replace("How small", "Why so small", StringComparison.Ordinal).Replace("\"modules_referenced\":[]", "\"modules_referenced\":[\"auth\"]", StringComparison.Ordinal),
            },
        };
        using var project = new BuildProject(script);

        var (exit, gates) = await project.DecideAsync(await project.BuildAsync());

        project.Expect(3, exit);
        Assert.Equal(["architecture", "module/auth", "ship"], gates);
        Assert.Single((await project.FileAsync(".orchestration/training/mail.jsonl")).Split('\n'), line => line.Length > 0 && line.Contains("How small", StringComparison.Ordinal));
        Assert.Contains("touches an open conflict of module 'auth'", File.ReadAllText(Path.Combine(project.Muster.OnlyRun, "steps", "remember.md")), StringComparison.Ordinal);
        Assert.Contains("auth has no clock", await project.FileAsync(".orchestration/conflicts/auth-1.md"), StringComparison.Ordinal);
    }

    private static object Flexes(string module, string words, string version) => new
    {
        attempt_files = new Dictionary<string, string> { [$"contracts/interfaces/{module}.interface.md"] = $"# {module}\n\n{version}{words} prints its name.\n" },
        @return = $"Done. Flex: {words}.",
    };
}
