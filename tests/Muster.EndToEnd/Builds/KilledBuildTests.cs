using System.Globalization;

namespace Muster.EndToEnd.Builds;

/// <summary>Faults 35, 36, 38, 65, 66 and 69 in a build: killed again and again, it ends as one that nobody killed.</summary>
public sealed class KilledBuildTests
{
    /// <summary>One build lives through many engines, each killed after a few writes of the journal.</summary>
    [Theory]
    [InlineData("before", 4)]
    [InlineData("after", 4)]
    public async Task Killed_in_every_stage_a_build_ends_the_same_and_no_step_is_paid_for_twice_and_no_commit_is_lost(string side, int first)
    {
        var script = new BuildScript(new("auth"), new("billing", "auth"));
        using var project = new BuildProject(script);
        await project.CommitAsync(("README.md", "# Shop\n"), ("check.sh", "sh src/auth/run.sh\n"));
        await project.GitAsync("branch", "base");
        var before = project.Snapshot("base");
        var program = ShellAgent.Write(project, script);
        var (kills, gates, stages) = (0, new List<string>(), new HashSet<string>());
        Aim();
        var exit = await project.BuildAsync(
            "--base", "base", "--agent", "command", "--program", program, "--role", "worker=inspect", "--integration-test", "sh check.sh", "--no-ff");
        while (exit is 137 or 4)
        {
            Assert.True(kills < 100, "it gets nowhere");
            if (exit == 137)
            {
                kills++;
                _ = stages.Add(ShellAgent.Ledger(project)[^1].Split('/')[0]);
                Aim();
                exit = await project.ResumeAsync();
                continue;
            }

            gates.Add(project.Waiting);
            project.Muster.Variables.Remove("MUSTER_FAIL_POINT");
            var decided = await project.Muster.RunAsync("approve", "--gate", project.Waiting, "--hash", project.HashOf(project.Waiting));
            Assert.True(decided.ExitCode == 0, decided.Output + decided.Errors);
            Aim();
            exit = await project.ResumeAsync();
        }

        project.Expect(0, exit);
        Assert.Equal(["architecture", "ship"], gates);
        Assert.InRange(kills, 6, 60);
        Assert.Equal(
            ["architect/1", "bootstrap", "build/auth/1", "build/billing/1", "curate", "qc/auth/1", "qc/billing/1", "scaffold/1", "ship/1"],
            ShellAgent.Ledger(project).Order(StringComparer.Ordinal));
        Assert.InRange(stages.Count, 4, 9); // Which ones depends on how writes of the journal fall together.
        Assert.Equal(1, int.Parse(await project.GitAsync("rev-list", "--count", "--merges", "--first-parent", "base"), CultureInfo.InvariantCulture)); // Shipped once.
        foreach (var branch in (string[])["auth", "billing", "scaffold"])
        {
            await project.GitAsync("merge-base", "--is-ancestor", $"orchestration/{project.RunId}/{branch}", "base");
        }

        Assert.Equal(["Merge auth", "Merge billing"], (await project.GitAsync("log", "--first-parent", "--reverse", "--format=%s", $"orchestration/{project.RunId}/integration")).Split('\n')
            .Where(s => s is "Merge auth" or "Merge billing"));
        Assert.Superset(new HashSet<string> { "CHANGELOG.md", "check.sh", "src/auth/run.sh", "src/billing/run.sh", ".orchestration/contracts/modules.json" }, (await project.GitAsync("ls-tree", "-r", "--name-only", "base")).Split('\n').ToHashSet());
        await project.GitAsync("fsck", "--no-dangling");
        Assert.Equal(before, project.Snapshot("base"));

        void Aim() => project.Muster.Variables["MUSTER_FAIL_POINT"] = string.Create(CultureInfo.InvariantCulture, $"{side}:{first + (kills % 4)}");
    }

    /// <summary>Fault 35: what a test had changed when its engine was killed is not committed in its builder's name.</summary>
    [Fact]
    public async Task Killed_while_a_module_is_tested_a_build_takes_what_the_test_left_for_nobodys_work()
    {
        var script = new BuildScript(new Part("auth"));
        script["build/auth/1"] = script.Built("auth", ("src/auth/test.sh", "echo x > left.txt; echo y >> src/auth/run.sh; if [ -e seen.log ]; then exit 0; fi; echo > seen.log; sleep 100\n"));
        using var project = new BuildProject(script);
        await project.CommitAsync((".gitignore", "*.log\n"));
        project.Expect(4, await project.BuildAsync(), "architecture");
        Assert.Equal(0, (await project.Muster.RunAsync("approve", "--hash", project.HashOf("architecture"))).ExitCode);
        var seen = Path.Combine(project.Muster.OnlyRun, "builds", "module-auth", "seen.log");
        using (var engine = project.Muster.Start(MusterProcess.Program, "resume"))
        {
            await MusterProcess.UntilAsync(() => File.Exists(seen));
            engine.Kill();
            await MusterProcess.EndAsync(engine);
        }

        project.Expect(4, await project.ResumeAsync(), "ship");

        Assert.Equal(1, project.Round("auth"));
        Assert.DoesNotContain("left.txt", await project.PathsAsync());
        Assert.DoesNotContain("y", (await project.FileAsync("src/auth/run.sh")).Split('\n'));
    }
}
