using System.Diagnostics;
using Muster.Agents.Cli;
using Muster.Runs;

namespace Muster.Tests.Agents.Cli;

/// <summary>Fault 29: what the sandbox holds against, with the real program.</summary>
public sealed class BubblewrapTests
{
    [Fact]
    public async Task The_tree_cannot_be_changed_not_even_by_root_and_the_run_cannot_be_seen()
    {
        using var run = new StandIn("exit 0");
        var sandbox = Bubblewrap.Find(run.Run);
        Assert.SkipWhen(sandbox is null, "bubblewrap is not installed, or may not make a sandbox here");
        var task = run.Task();
        await File.WriteAllTextAsync(Path.Combine(run.Root, "a.txt"), "a", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(run.Run, "run.db"), "journal", TestContext.Current.CancellationToken);
        var call = new CliCall { Task = task, Model = "m", KeyVariable = null, BaseUrl = null, UsesOwnLogin = false };

        var said = await SayAsync(sandbox.Wrap(call, new() { Arguments = [] }, [
            "/bin/sh", "-c",
            $"""
            echo b >> a.txt; rm a.txt; ln -s /etc here; mount -o remount,rw / ; mount -o remount,rw {run.Root}; echo b >> a.txt
            ls {run.Run}; cat {run.Run}/run.db; echo mine > {task.OutputPath}; cat a.txt; pwd
            """]));

        Assert.Equal("a", await File.ReadAllTextAsync(Path.Combine(run.Root, "a.txt"), TestContext.Current.CancellationToken));
        Assert.Single(Directory.GetFileSystemEntries(run.Root));
        Assert.Equal("mine\n", await File.ReadAllTextAsync(task.OutputPath, TestContext.Current.CancellationToken));
        Assert.Equal($"attempts\na{run.Root}\n", said);
    }

    [Fact]
    public async Task A_workspace_can_be_changed_but_not_what_of_it_is_gits_or_the_engines()
    {
        using var run = new StandIn("exit 0");
        var sandbox = Bubblewrap.Find(run.Run);
        Assert.SkipWhen(sandbox is null, "bubblewrap is not installed, or may not make a sandbox here");
        var workspace = Path.Combine(run.Run, "builds", "module-auth");
        run.Home.File("run/builds/module-auth/.git", "gitdir: /nowhere\n");
        run.Home.File("run/builds/module-b/b.txt", "b");
        var task = run.Task() with { Workspace = workspace, Role = Role.Builder };
        var call = new CliCall { Task = task, Model = "m", KeyVariable = null, BaseUrl = null, UsesOwnLogin = false };

        var said = await SayAsync(sandbox.Wrap(call, new() { Arguments = [] }, [
            "/bin/sh", "-c",
            $"pwd; echo a > a.txt; echo x > .git; rm .git; mv .git y; echo x > .orchestration/x; mount -o remount,rw,bind .orchestration; echo x > .orchestration/x; echo x > {run.Root}/x; ls ..; echo x > ../../x"]));

        Assert.Equal($"{workspace}\nmodule-auth\n", said);
        Assert.Equal([".git", ".orchestration", "a.txt"], Directory.GetFileSystemEntries(workspace).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal("gitdir: /nowhere\n", await File.ReadAllTextAsync(Path.Combine(workspace, ".git"), TestContext.Current.CancellationToken));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(workspace, ".orchestration")));
        Assert.Empty(Directory.GetFileSystemEntries(run.Root));
    }

    private static async Task<string> SayAsync(IReadOnlyList<string> command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return said;
    }
}
