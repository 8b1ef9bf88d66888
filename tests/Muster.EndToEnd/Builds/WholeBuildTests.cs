namespace Muster.EndToEnd.Builds;

/// <summary>Builds that go well, of real projects with real test commands, through every stage.</summary>
public sealed class WholeBuildTests
{
    [Fact]
    public async Task An_empty_directory_becomes_a_project_with_contracts_memory_and_a_changelog()
    {
        using var project = new BuildProject(new(new Part("auth"), new Part("billing", "auth")));

        project.Expect(0, await project.ThroughAsync());

        Assert.Equal("complete", project.Status);
        Assert.Equal([Path.Combine(project.Checkout, ".git")], Directory.GetFileSystemEntries(project.Checkout)); // The branch is checked out, though unborn.
        Assert.Subset(
            (await project.PathsAsync()).ToHashSet(),
            new HashSet<string>
            {
                ".orchestration/contracts/modules.json", ".orchestration/contracts/decisions/001-shell.md", ".orchestration/brains/builder-auth.md", ".orchestration/brains/architect.md",
                ".orchestration/training/bootstrap.jsonl", "src/auth/run.sh", "src/billing/test.sh", "CHANGELOG.md",
            });
        Assert.Contains("2 modules planned, 2 begun, 2 passed, 0 left out", await File.ReadAllTextAsync(Path.Combine(project.Muster.OnlyRun, "summary.md"), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        await RunPrintedCommandAsync(project);
        Assert.True(File.Exists(Path.Combine(project.Checkout, "src", "auth", "run.sh")));
    }

    /// <summary>A small C# solution with a real test project, restored, built and tested without a network, on a branch that nobody has checked out.</summary>
    [Fact]
    public async Task A_branch_that_is_not_checked_out_is_moved_and_the_checkout_is_left_as_it_is()
    {
        const string Settings = "<TargetFramework>net10.0</TargetFramework><NuGetAudit>false</NuGetAudit>";
        var xunit = typeof(FactAttribute).Assembly.GetName().Version!.ToString(3); // The one that this very project has been restored with.
        var part = new Part("sum")
        {
            Files = new()
            {
                ["src/sum/Sum.cs"] = "public static class Sum { public static int Of(int a, int b) => a + b; }\n",
                ["tests/sum/SumTests.cs"] = "public class SumTests { [Xunit.Fact] public void It_adds() => Xunit.Assert.Equal(5, Sum.Of(2, 3)); }\n",
            },
            Test = "dotnet test --solution Sums.slnx",
            Paths = ["src/sum/", "tests/sum/"],
        };
        var script = new BuildScript(part)
        {
            ["role:scaffolder"] = new
            {
                files = new Dictionary<string, string>
                {
                    ["Sums.slnx"] = "<Solution><Project Path=\"src/sum/sum.csproj\" /><Project Path=\"tests/sum/sum.tests.csproj\" /></Solution>\n",
                    ["global.json"] = "{ \"test\": { \"runner\": \"Microsoft.Testing.Platform\" } }\n",
                    ["src/sum/sum.csproj"] = $"<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup>{Settings}</PropertyGroup></Project>\n",
                    ["tests/sum/sum.tests.csproj"] = $"<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><OutputType>Exe</OutputType>{Settings}</PropertyGroup>"
                        + $"<ItemGroup><PackageReference Include=\"xunit.v3\" Version=\"{xunit}\" /><ProjectReference Include=\"../../src/sum/sum.csproj\" /></ItemGroup></Project>\n",
                },
            },
        };
        using var project = new BuildProject(script);
        var began = await project.CommitAsync((".gitignore", "bin/\nobj/\n"), ("README.md", "# Sums\n"));
        await project.GitAsync("checkout", "-q", "-b", "work");
        project.Muster.Write("shop/notes.txt", "not committed");
        var before = project.Snapshot("main");

        project.Expect(0, await project.ThroughAsync("--base", "main"));

        var main = await project.GitAsync("rev-parse", "main");
        Assert.Equal((began, began), (await project.GitAsync("merge-base", "main", "work"), await project.GitAsync("rev-parse", "work")));
        Assert.Equal(main, project.Json.GetProperty("build").GetProperty("landed").GetString());
        Assert.Contains("+ b", await project.GitAsync("show", "main:src/sum/Sum.cs"), StringComparison.Ordinal);
        Assert.DoesNotContain(await project.PathsAsync(), path => path.Contains("/obj/", StringComparison.Ordinal));
        Assert.Contains("exit code 0", File.ReadAllText(Path.Combine(project.Muster.OnlyRun, "report.md")), StringComparison.Ordinal);
        Assert.Contains("succeeded: 1", File.ReadAllText(Directory.EnumerateFiles(Path.Combine(project.Muster.OnlyRun, "attempts", "check"), "test.log", SearchOption.AllDirectories).Single()), StringComparison.Ordinal);
        Assert.Equal(before, project.Snapshot("main"));
    }

    /// <summary>A feature of a Node project: worktrees with a module's own paths alone, integration tests, and a merge commit that a person makes.</summary>
    [Fact]
    public async Task A_feature_is_built_in_sparse_worktrees_and_where_its_base_is_checked_out_a_command_is_printed()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(d => File.Exists(Path.Combine(d, "node"))), "node is not installed");
        Part[] parts =
        [
            new("roles") { Files = new() { ["src/roles/roles.js"] = "exports.may = (who) => who === 'admin';\n", ["src/roles/roles.test.js"] = Test("roles") }, Test = "node --test src/roles/" },
            new("audit", "roles") { Files = new() { ["src/audit/audit.js"] = "exports.may = (who) => require('../roles/roles').may(who);\n", ["src/audit/audit.test.js"] = Test("audit") }, Test = "node --test src/audit/" },
        ];
        // Each module is tested upon the skeleton alone, so that has a stub of what others need.
        var script = new BuildScript(parts)
        {
            ["role:scaffolder"] = new { files = new Dictionary<string, string> { ["src/roles/roles.js"] = "exports.may = () => true;\n", ["src/audit/audit.js"] = "exports.may = () => false;\n" } },
        };
        using var project = new BuildProject(script);
        var began = await project.CommitAsync(("package.json", "{ \"name\": \"shop\" }\n"), ("src/cart/cart.js", "exports.cart = [];\n"), ("lib/old.js", "// old\n"));
        var before = project.Snapshot();

        project.Expect(0, await project.ThroughAsync("--feature", "Roles", "--sparse", "--no-ff", "--integration-test", "node --test src/"));

        Assert.Equal(before, project.Snapshot());
        Assert.Equal(["audit", "roles"], Directory.GetDirectories(Path.Combine(project.Muster.OnlyRun, "builds", "module-audit", "src")).Select(Path.GetFileName).Order());
        Assert.Equal(["roles"], Directory.GetDirectories(Path.Combine(project.Muster.OnlyRun, "builds", "module-roles", "src")).Select(Path.GetFileName));
        Assert.Contains("src/cart/cart.js", await project.PathsAsync());
        await RunPrintedCommandAsync(project);
        Assert.StartsWith(began + " ", await project.GitAsync("log", "-1", "--format=%P", "main"), StringComparison.Ordinal);
        Assert.Equal(before.Contains("lib/old.js", StringComparison.Ordinal), File.Exists(Path.Combine(project.Checkout, "lib", "old.js")));

        static string Test(string name) => $"const test = require('node:test'); const assert = require('node:assert');\ntest('it may', () => assert.ok(require('./{name}').may('admin')));\n";
    }

    private static async Task RunPrintedCommandAsync(BuildProject project)
    {
        var command = project.Json.GetProperty("build").GetProperty("command").GetString()!;
        var done = await project.Muster.RunToolAsync("sh", "-c", command);
        Assert.True(done.ExitCode == 0, command + done.Errors);
        Assert.Equal(project.Json.GetProperty("build").GetProperty("landed").GetString(), await project.GitAsync("rev-parse", "HEAD"));
        Assert.Empty(await project.GitAsync("status", "--porcelain"));
    }
}
