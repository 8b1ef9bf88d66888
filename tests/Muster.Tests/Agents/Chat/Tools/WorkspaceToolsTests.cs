using Muster.Agents;
using Muster.Agents.Chat.Tools;
using Muster.Runs;

namespace Muster.Tests.Agents.Chat.Tools;

/// <summary>A builder's tools, in a real worktree.</summary>
public sealed class WorkspaceToolsTests : IDisposable
{
    private readonly ToolBench bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task Files_of_the_workspace_are_written_and_edited()
    {
        var workspace = await bench.AsBuilderAsync("Read", "Write", "Edit");
        File.SetUnixFileMode(Path.Combine(workspace, "src/a.py"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        await bench.OkAsync("Write", new { file_path = "deep/er/new.txt", content = "ü\n" });
        await bench.OkAsync("Write", new { file_path = Path.Combine(workspace, ".gitignore"), content = "bin/\n" });
        await bench.OkAsync("Edit", new { file_path = Path.Combine(workspace, "src/a.py"), old_string = "theirs", new_string = "ours" });
        await bench.OkAsync("Write", new { file_path = bench.Task.OutputPath, content = "# Report" });

        Assert.Equal(("ü\n", "ours\n"), (Read("deep/er/new.txt"), Read("src/a.py")));
        Assert.True(File.GetUnixFileMode(Path.Combine(workspace, "src/a.py")).HasFlag(UnixFileMode.UserExecute));
        Assert.Equal([".git", ".gitignore", ".orchestration", "deep", "src"], Directory.GetFileSystemEntries(workspace).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        string Read(string relative) => File.ReadAllText(Path.Combine(workspace, relative));
    }

    /// <summary>Faults 29 and 75, and security.md: no link, no git, nothing that the engine publishes, no other tree.</summary>
    [Fact]
    public async Task Nothing_else_is_written_whatever_the_path_looks_like()
    {
        var workspace = await bench.AsBuilderAsync("Read", "Write", "Edit");
        var victim = bench.File("outside/victim.txt", "theirs\n");
        bench.File("tree/src/a.py", "theirs\n");
        Directory.CreateDirectory(Path.Combine(workspace, "vendor", ".git"));
        File.CreateSymbolicLink(Path.Combine(workspace, "file"), victim);
        File.CreateSymbolicLink(Path.Combine(workspace, "directory"), Path.GetDirectoryName(victim)!);
        File.CreateSymbolicLink(Path.Combine(workspace, "inside"), "src");
        ToolBench.MakePipe(Path.Combine(workspace, "pipe"));
        var pointer = await File.ReadAllTextAsync(Path.Combine(workspace, ".git"), TestContext.Current.CancellationToken);

        foreach (var path in new[]
        {
            ".git", ".git/config", "./.git", ".GIT/config", ".git./x", "vendor/.git/config", "a/.git", "git~1/config", ".orchestration/contracts/locks.json", ".orchestration/x", ".Orchestration/x",
            "file", "directory/victim.txt", "directory/new.txt", "inside/a.py", "inside/new/er.txt", "pipe", "src", ".", "", "../x", "src/../../x", "a\0b", "src/a.py/x",
            victim, Path.Combine(bench.Root, "src/a.py"), Path.Combine(bench.Repository, "src/a.py"), Path.Combine(bench.Repository, ".git/config"), "/tmp/muster-x",
            bench.Task.Directory + "/transcript.jsonl", bench.Task.Directory + "/prompt.md", bench.Task.Directory + "/contracts/../prompt.md", bench.Task.Directory + "/contracts",
        })
        {
            await bench.RefusedAsync("Write", new { file_path = path, content = "ours" });
            await bench.RefusedAsync("Edit", new { file_path = path, old_string = "theirs", new_string = "ours" });
        }

        Assert.Equal(pointer, await File.ReadAllTextAsync(Path.Combine(workspace, ".git"), TestContext.Current.CancellationToken));
        Assert.Equal("{}\n", await File.ReadAllTextAsync(Path.Combine(workspace, ".orchestration/contracts/locks.json"), TestContext.Current.CancellationToken));
        Assert.Equal([victim], Directory.GetFiles(Path.GetDirectoryName(victim)!));
        Assert.Equal("theirs\n", await File.ReadAllTextAsync(victim, TestContext.Current.CancellationToken));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(workspace, "vendor", ".git")));
        Assert.Empty(Directory.GetFileSystemEntries(bench.Task.Directory));
        Assert.False(Directory.Exists(Path.Combine(workspace, "a")));
    }

    /// <summary>A file that has a second name elsewhere is replaced: the other keeps what it has.</summary>
    [Fact]
    public async Task A_hard_link_is_not_written_through_and_what_is_no_text_is_not_edited()
    {
        var workspace = await bench.AsBuilderAsync("Write", "Edit");
        var victim = bench.File("outside/victim.txt", "theirs\n");
        System.Diagnostics.Process.Start("ln", [victim, Path.Combine(workspace, "linked.txt")]).WaitForExit();
        await File.WriteAllBytesAsync(Path.Combine(workspace, "latin.txt"), [0x61, 0xE9, 0x62], TestContext.Current.CancellationToken);

        await bench.OkAsync("Write", new { file_path = "linked.txt", content = "ours" });

        Assert.Equal("theirs\n", await File.ReadAllTextAsync(victim, TestContext.Current.CancellationToken));
        Assert.Contains("no UTF-8", await bench.RefusedAsync("Edit", new { file_path = "latin.txt", old_string = "a", new_string = "b" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_workspace_and_the_tree_are_read_each_by_its_own_names()
    {
        await bench.AsBuilderAsync("Read", "Grep", "Glob", "Write");
        bench.File("tree/src/a.py", "of the tree\n");
        bench.File("tree/docs/b.md", "of the tree\n");
        await bench.OkAsync("Glob", new { pattern = "*" });
        await bench.OkAsync("Write", new { file_path = "docs/new.md", content = "of the module\n" });

        Assert.Contains("theirs", await bench.OkAsync("Read", new { file_path = "src/a.py" }), StringComparison.Ordinal);
        Assert.Contains("of the tree", await bench.OkAsync("Read", new { file_path = Path.Combine(bench.Root, "src/a.py") }), StringComparison.Ordinal);
        Assert.Equal("docs/new.md:1:of the module\n", await bench.OkAsync("Grep", new { pattern = "of the" }));
        Assert.Equal($"{bench.Root}/src/a.py:1:of the tree\n", await bench.OkAsync("Grep", new { pattern = "of the", path = bench.Root }));
        Assert.Equal("docs/new.md\t14\n", await bench.OkAsync("Glob", new { pattern = "docs/*" }));
        Assert.Equal($"{bench.Root}/src/a.py\t12\n", await bench.OkAsync("Glob", new { pattern = bench.Root + "/src/*" }));
        await bench.RefusedAsync("Read", new { file_path = Path.Combine(bench.Root, "docs/b.md") }); // The scope is of the tree.
        await bench.RefusedAsync("Read", new { file_path = ".git" });
    }

    [Fact]
    public async Task A_role_that_proposes_writes_its_proposals_and_others_do_not()
    {
        string Own(string name) => Path.Combine(bench.Task.Directory, name);
        bench.Task = bench.TaskOf([], []) with { Step = "architect/1", Role = Role.Architect };

        await bench.OkAsync("Write", new { file_path = Own("contracts/interfaces/auth.interface.md"), content = "# auth" });
        await bench.RefusedAsync("Write", new { file_path = Own("notes.md"), content = "x" });
        await bench.RefusedAsync("Write", new { file_path = "contracts/modules.json", content = "x" });
        bench.Task = bench.Task with { Role = Role.Qc };
        await bench.RefusedAsync("Write", new { file_path = Own("brain.md"), content = "x" });

        Assert.Equal([Own("contracts/interfaces/auth.interface.md")], Directory.GetFiles(bench.Task.Directory, "*", SearchOption.AllDirectories));
    }

    /// <summary>An architect's workspace is the place for its contracts, and the tree is what it looks at.</summary>
    [Fact]
    public async Task A_workspace_beside_the_attempts_file_is_written_by_its_path_and_the_tree_is_read()
    {
        bench.File("tree/src/a.py", "of the tree\n");
        bench.Task = bench.TaskOf(["Read", "Glob", "Bash", "Write"], []) with { Role = Role.Judge };
        bench.Task = bench.Task with { Workspace = Directory.CreateDirectory(Path.Combine(bench.Task.Directory, "contracts")).FullName };

        await bench.OkAsync("Write", new { file_path = Path.Combine(bench.Task.Workspace!, "modules.json"), content = "{}" });
        await bench.RefusedAsync("Write", new { file_path = "src/b.py", content = "x" });

        Assert.Equal("src/a.py\t12\n", await bench.OkAsync("Glob", new { pattern = "*" }));
        Assert.Contains("of the tree", await bench.OkAsync("Read", new { file_path = "src/a.py" }), StringComparison.Ordinal);
        Assert.Contains("{}", await bench.OkAsync("Read", new { file_path = Path.Combine(bench.Task.Workspace!, "modules.json") }), StringComparison.Ordinal);
        Assert.Equal(["modules.json"], Directory.GetFileSystemEntries(bench.Task.Workspace!).Select(Path.GetFileName)); // Nothing was made to be protected.
    }

    [Fact]
    public void Every_role_but_the_coordinator_has_the_tools_of_its_task()
    {
        foreach (var role in Enum.GetValues<Role>().Where(role => role is not Role.Engine))
        {
            bench.Task = bench.TaskOf(["Read", "Grep", "Glob", "Edit", "Bash"], []) with { Role = role };

            Assert.Equal(role is Role.Coordinator ? ["Write"] : ["Read", "Grep", "Glob", "Edit", "Bash", "Write"], bench.Box().Declarations.Select(tool => tool.Name));
        }
    }

    /// <summary>As root, too: the sandbox drops the capabilities by which a mount could be made writable again.</summary>
    [Fact]
    public async Task A_command_changes_the_workspace_alone_and_not_what_is_gits_or_the_engines()
    {
        Assert.SkipUnless(Sandbox.Program is not null, "bubblewrap is not installed");
        var workspace = await bench.AsBuilderAsync("Bash");
        bench.File("tree/src/a.py", "theirs\n");
        bench.File("run/run.db", "the journal");
        var pointer = await File.ReadAllTextAsync(Path.Combine(workspace, ".git"), TestContext.Current.CancellationToken);

        var text = await bench.OkAsync("Bash", new
        {
            command = $"""
                echo ours >> src/a.py; pwd; git status --porcelain; git log --format=%s
                mount -o remount,rw,bind .git; echo x > .git; rm -f .git; mv .git x; rm -rf .orchestration; mv .orchestration x; echo x > .orchestration/contracts/locks.json
                echo x > {bench.Repository}/.git/config; echo x > {bench.Repository}/.git/hooks/x; git commit -qam x; echo x > {bench.Root}/src/a.py; cat {bench.Run}/run.db
                ln -s {bench.Repository} out; echo x > out/src/a.py
                """,
        });

        Assert.StartsWith($"{workspace}\n M src/a.py\nBegin\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("the journal", text, StringComparison.Ordinal);
        Assert.Equal("theirs\nours\n", await File.ReadAllTextAsync(Path.Combine(workspace, "src/a.py"), TestContext.Current.CancellationToken));
        Assert.Equal(pointer, await File.ReadAllTextAsync(Path.Combine(workspace, ".git"), TestContext.Current.CancellationToken));
        Assert.Equal("{}\n", await File.ReadAllTextAsync(Path.Combine(workspace, ".orchestration/contracts/locks.json"), TestContext.Current.CancellationToken));
        Assert.Contains("[core]", await File.ReadAllTextAsync(Path.Combine(bench.Repository, ".git/config"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(bench.Repository, ".git/hooks/x")));
        Assert.All(new[] { bench.Root, bench.Repository }, tree => Assert.Equal("theirs\n", File.ReadAllText(Path.Combine(tree, "src/a.py"))));
    }

    [Fact]
    public async Task What_is_not_there_yet_cannot_be_made_by_a_command_either()
    {
        Assert.SkipUnless(Sandbox.Program is not null, "bubblewrap is not installed");
        var workspace = Directory.CreateDirectory(Path.Combine(bench.Run, "builds", "plain")).FullName;
        bench.Task = bench.TaskOf(["Bash"], []) with { Role = Role.Scaffolder, Workspace = workspace };

        await bench.OkAsync("Bash", new { command = "git init -q; mkdir -p .orchestration/contracts; echo x > .git/config; touch here" });

        Assert.Equal([".git", ".orchestration", "here"], Directory.GetFileSystemEntries(workspace).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(Directory.GetDirectories(workspace), directory => Assert.Empty(Directory.GetFileSystemEntries(directory)));
    }

    /// <summary>What an agent wrote into the place of the pointer must not have a directory of the person's shown to it.</summary>
    [Fact]
    public async Task Only_a_repository_that_knows_the_worktree_is_taken_for_its_own()
    {
        var workspace = await bench.AsBuilderAsync("Bash");
        Assert.Equal(Path.Combine(bench.Repository, ".git"), ProtectedPaths.RepositoryOf(workspace));

        bench.File("secrets/worktrees/x/HEAD", "secret");
        await File.WriteAllTextAsync(Path.Combine(workspace, ".git"), $"gitdir: {Path.GetDirectoryName(bench.Repository)}/secrets/worktrees/x\n", TestContext.Current.CancellationToken);
        Assert.Null(ProtectedPaths.RepositoryOf(workspace));

        File.Delete(Path.Combine(workspace, ".git"));
        File.CreateSymbolicLink(Path.Combine(workspace, ".git"), Path.Combine(bench.Repository, ".git"));
        Assert.Contains("is a link", Assert.Throws<WorkspaceException>(() => ProtectedPaths.In(workspace)).Message, StringComparison.Ordinal);
    }
}
