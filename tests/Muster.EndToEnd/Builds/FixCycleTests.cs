namespace Muster.EndToEnd.Builds;

/// <summary>Builders that do wrong: what they broke goes back to them, and what cannot be trusted goes to a person.</summary>
public sealed class FixCycleTests
{
    /// <summary>Faults 29 and 75: whatever a builder touches that is not its own is found by code, and mended by it before anybody merges it.</summary>
    [Fact]
    public async Task A_builder_that_breaks_rules_or_gets_a_major_finding_is_asked_again_and_nothing_of_it_is_merged()
    {
        var script = new BuildScript([.. ((string[])["auth", "mail", "locks", "nested", "link", "pointer"]).Select(n => new Part(n))])
        {
            ["qc/auth/1"] = BuildScript.Qc("[major] src/auth/run.sh:2: prints too much; less", "[critical] src/auth/none.sh:99: is made up"),
        };
        script["build/mail/1"] = script.Built("mail", ("src/auth/evil.sh", "evil"));
        script["build/mail/2"] = new { delete = new[] { "src/auth/evil.sh" } };
        script["build/locks/1"] = script.Built("locks", (".orchestration/contracts/locks.json", "{\"locks\":[],\"audit\":[]}\n"));
        script["build/locks/2"] = new { delete = new[] { ".orchestration/contracts/locks.json" } };
        script["build/nested/1"] = script.Built("nested", ("src/nested/inner/.git/HEAD", "ref: refs/heads/main\n"), ("src/nested/inner/.git/objects/x", "x"), ("src/nested/inner/.git/refs/x", "x"), ("src/nested/inner/a.txt", "a"));
        script["build/nested/2"] = new { delete = new[] { "src/nested/inner" } };
        script["build/link/1"] = new { hostile = true, links = new Dictionary<string, string> { ["src/link/out"] = "/etc" }, files = script.Parts[4].Files };
        script["build/link/2"] = new { delete = new[] { "src/link/out" } };
        script["build/pointer/1"] = new { hostile = true, files = script.Parts[5].Files.Append(new(".git", "gitdir: /tmp/evil\n")).ToDictionary() };
        using var project = new BuildProject(script);
        await project.CommitAsync(("README.md", "# Shop\n"));
        var before = project.Snapshot();

        var (exit, gates) = await project.DecideAsync(await project.BuildAsync());

        project.Expect(0, exit);
        Assert.Equal(["architecture", "ship"], gates);
        Assert.All(script.Parts, part => Assert.Equal((part.Name, 2), (part.Name, project.Round(part.Name))));
        Assert.Contains("prints too much", project.PromptOf("build/auth/2"), StringComparison.Ordinal);
        Assert.DoesNotContain("is made up", project.PromptOf("build/auth/2"), StringComparison.Ordinal);
        Assert.Contains("src/auth/evil.sh is outside the paths", project.PromptOf("build/mail/2"), StringComparison.Ordinal);
        Assert.Contains("leads out of the tree", project.PromptOf("build/link/2"), StringComparison.Ordinal);
        var paths = await project.PathsAsync();
        Assert.Contains(".orchestration/brains/builder-mail.md", paths); // Its second round only mended; what the first had learned stays.
        Assert.DoesNotContain(paths, p => p.Contains("evil", StringComparison.Ordinal) || p.Contains("inner", StringComparison.Ordinal) || p.EndsWith("/out", StringComparison.Ordinal) || p.EndsWith("locks.json", StringComparison.Ordinal));
        Assert.Equal(before, project.Snapshot());
    }

    /// <summary>What an agent says of its own tests counts for nothing: the engine runs them, and everything halts.</summary>
    [Fact]
    public async Task A_failing_test_and_a_critical_finding_halt_the_build_and_a_person_answers_each()
    {
        var script = new BuildScript(new("liar"), new("bad"), new("needy", "bad"), new("good"))
        {
            ["qc/bad/1"] = BuildScript.Qc("[critical] src/bad/run.sh:1: gives the secrets away; do not"),
        };
        script["build/liar/1"] = new
        {
            files = new Dictionary<string, string> { ["src/liar/test.sh"] = "echo no luck; exit 3\n" },
            output = "# liar\n\n## Findings\n\n- none; all 40 tests pass\n\n<!-- DONE -->\n",
            @return = "Done. All 40 tests pass.",
        };
        using var project = new BuildProject(script);
        await project.CommitAsync(("README.md", "# Shop\n"));

        var (exit, gates) = await project.DecideAsync(await project.BuildAsync(), ("critical/liar", "the test is right"));

        project.Expect(3, exit);
        Assert.Equal(["architecture", "critical/bad", "critical/liar", "ship"], gates.Order());
        Assert.Equal(("complete-with-gaps", 2, 1), (project.Status, project.Round("liar"), project.Round("good")));
        Assert.All(["the test is right", "no luck", "exit code 3"], words => Assert.Contains(words, project.PromptOf("build/liar/2"), StringComparison.Ordinal));
        Assert.Contains("is left out, as", project.Doing("bad"), StringComparison.Ordinal);
        Assert.Equal((0, "is left out, since bad is"), (project.Round("needy"), project.Doing("needy")));
        Assert.DoesNotContain(await project.PathsAsync(), p => p is "src/bad/run.sh" or "src/needy/run.sh");
    }

    [Fact]
    public async Task After_two_fix_cycles_a_person_decides_and_a_module_that_is_left_out_takes_its_dependants_along()
    {
        var script = new BuildScript(new("auth"), new("billing", "auth"), new("mail")) { ["qc/auth/*"] = BuildScript.Qc("[major] src/auth/run.sh:1: is never right; mend it") };
        using var project = new BuildProject(script);

        var (exit, gates) = await project.DecideAsync(await project.BuildAsync());

        project.Expect(3, exit);
        Assert.Equal(["architecture", "module/auth", "ship"], gates);
        Assert.Equal((3, 0), (project.Round("auth"), project.Round("billing")));
        Assert.Equal(["src/mail/README.md", "src/mail/run.sh", "src/mail/test.sh"], (await project.PathsAsync()).Where(p => p.StartsWith("src/mail/", StringComparison.Ordinal)));
    }

    /// <summary>A secret in a history that travels has to be renewed, whoever takes it out again afterwards.</summary>
    [Fact]
    public async Task A_secret_that_an_agent_writes_goes_back_to_it_and_is_in_no_history()
    {
        var (secret, old) = ("ghp_" + new string('a', 36), "ghp_" + new string('b', 36));
        var script = new BuildScript(new Part("auth")) { ["scaffold/1"] = new object[] { new { files = new Dictionary<string, string> { ["src/auth/README.md"] = $"# auth\n{secret}\n" } }, new { files = new Dictionary<string, string> { ["src/auth/README.md"] = $"# auth\n{old}\n" } } } };
        script["build/auth/1"] = script.Built("auth", ("src/auth/key.txt", $"a\nkey={secret}\n"), ("src/auth/README.md", $"# auth\n{old}\nmore\n"));
        script["build/auth/2"] = script.Built("auth", ("src/auth/key.txt", "a\nkey=${TOKEN}\n"));
        using var project = new BuildProject(script);
        await project.CommitAsync(("src/auth/README.md", $"# auth\n{old}\n")); // What the person has there already is theirs.

        var (exit, gates) = await project.DecideAsync(await project.BuildAsync());

        project.Expect(0, exit);
        Assert.Equal(("architecture, ship", 2), (string.Join(", ", gates), project.Round("auth")));
        Assert.Contains("src/auth/key.txt:2 has what looks like a secret (ghp_**** (40 characters))", project.PromptOf("build/auth/2"), StringComparison.Ordinal);
        Assert.DoesNotContain("README.md:2", project.PromptOf("build/auth/2"), StringComparison.Ordinal);
        Assert.Contains("${TOKEN}", await project.FileAsync("src/auth/key.txt"), StringComparison.Ordinal);
        Assert.DoesNotContain(secret, await project.GitAsync("log", "-p", "-m", "--branches=orchestration/*"), StringComparison.Ordinal);
    }
}
