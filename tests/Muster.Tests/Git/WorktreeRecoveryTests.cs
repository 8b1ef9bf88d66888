using System.Diagnostics;
using Muster.Git;

namespace Muster.Tests.Git;

/// <summary>What a killed engine leaves of a worktree does not stand in the next one's way.</summary>
public sealed class WorktreeRecoveryTests : BuildTest
{
    // Fault 65, as measured: git's own checkout, stopped by a filter that hangs, then killed.
    [Fact]
    public async Task A_worktree_of_which_git_was_killed_in_the_checkout_is_made_anew()
    {
        await StartAsync();
        Real.With(".gitattributes", "zz* filter=slow\n").With("zz.txt", "z\n");
        Base = Real.Commit("slow");
        var reached = Path.Combine(Real.Outside, "reached");
        using (var pipe = Process.Start("mkfifo", [reached]))
        {
            await pipe.WaitForExitAsync(Token);
        }

        Real.Git("config", "filter.slow.smudge", $"sh -c 'echo x > {reached}; exec sleep 600'");
        using var git = Process.Start(new ProcessStartInfo("setsid", ["git", "worktree", "add", "-q", "-b", "orchestration/r1/a", At("module-a"), Base])
        {
            WorkingDirectory = Real.Checkout,
            UseShellExecute = false,
            RedirectStandardError = true,
        })!;
        await File.ReadAllTextAsync(reached, Token); // Answers once the filter writes.
        git.Kill(entireProcessTree: true);
        await git.WaitForExitAsync(Token);
        var record = Path.Combine(Real.Checkout, ".git/worktrees/module-a");
        Assert.Equal("initializing", File.ReadAllText(Path.Combine(record, "locked")).Trim());
        Assert.True(File.Exists(Path.Combine(record, "index.lock")));
        Assert.NotEqual(0, RealRepository.TryGitIn(Real.Checkout, "worktree", "add", At("module-a"), "orchestration/r1/a").Code);

        var tree = await AddAsync("a");

        Assert.Equal("z\n", File.ReadAllText(Path.Combine(tree.Path, "zz.txt")));
        Assert.False((await BranchWork.CommitAllAsync(tree, "m", Token)).IsNew);
        Assert.DoesNotContain("locked", Real.Git("worktree", "list", "--porcelain"), StringComparison.Ordinal);
    }

    // Fault 65: the engine's own two calls, killed at each call of the system that changes something.
    [Theory]
    [InlineData("mkdir")]
    [InlineData("rename")]
    [InlineData("write")]
    [InlineData("unlink")]
    public async Task Killed_at_any_call_that_changes_something_it_is_made_anew_without_a_trace(string call)
    {
        if (!Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(path => File.Exists(Path.Combine(path, "strace"))))
        {
            Assert.Skip("needs strace");
        }

        await StartAsync();
        var killed = 0;
        for (var at = 1; at <= 12; at++)
        {
            var (name, path) = ($"{call}{at}", At($"module-{call}{at}"));
            var directory = Path.Combine(Real.Checkout, ".git/worktrees", Path.GetFileName(path));
            var add = Strace(call, at, Real.Checkout, [], "worktree", "add", "--quiet", "--no-checkout", "--no-track", "-b", "orchestration/r1/" + name, "--", path, Base);
            if (add == 0)
            {
                add = Strace(call, at, path, [("GIT_DIR", directory), ("GIT_WORK_TREE", path)], "read-tree", "-m", "-u", "HEAD");
            }

            killed += add == 0 ? 0 : 1;

            // Another module's turn comes first: what is left of this one is not in its way.
            await AddAsync("before-" + name);
            var tree = await AddAsync(name);

            Assert.Equal("3\n", File.ReadAllText(Path.Combine(tree.Path, "b/deep/three.txt")));
            Assert.False((await BranchWork.CommitAllAsync(tree, "m", Token)).IsNew);
        }

        Assert.True(killed > 0);
        Assert.DoesNotContain("locked", Real.Git("worktree", "list", "--porcelain"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_half_made_one_a_file_of_no_commit_is_never_removed()
    {
        await StartAsync();
        Real.Git("worktree", "add", "-q", "--no-checkout", "-b", "orchestration/r1/a", At("module-a"));
        RealRepository.Write(At("module-a/a/work.txt"), "somebody's");

        var refused = await Assert.ThrowsAsync<GitException>(() => AddAsync("a"));

        Assert.Contains("a/work.txt", refused.Message, StringComparison.Ordinal);
        Assert.Equal("somebody's", File.ReadAllText(At("module-a/a/work.txt")));
    }

    // Faults 65 and 72: killed while it was removing a merged worktree.
    [Fact]
    public async Task One_that_was_half_removed_is_made_anew_and_its_missing_files_are_not_taken_for_work()
    {
        await StartAsync();
        var tree = await BuiltAsync("a", "a/new.txt", "x");
        File.Delete(Path.Combine(tree.GitDirectory, "muster-whole"));
        File.Delete(Path.Combine(tree.Path, "a/one.txt"));

        var again = await AddAsync("a");

        Assert.True(File.Exists(Path.Combine(again.Path, "a/one.txt")));
        Assert.True(File.Exists(Path.Combine(again.Path, "a/new.txt")));
    }

    // Fault 66.
    [Theory]
    [InlineData("worktrees/module-a/index.lock")]
    [InlineData("worktrees/module-a/HEAD.lock")]
    [InlineData("refs/heads/orchestration/r1/a.lock")]
    public async Task A_lock_that_a_dead_git_left_is_removed_and_the_work_is_committed(string name)
    {
        await StartAsync();
        var tree = await AddAsync("a");
        RealRepository.Write(Path.Combine(tree.Path, "a/new.txt"), "x");
        var file = Path.Combine(Repository.CommonDirectory, name);
        Assert.True(Directory.Exists(Path.GetDirectoryName(file)));
        File.WriteAllText(file, string.Empty);

        Assert.True((await BranchWork.CommitAllAsync(tree, "m", Token)).IsNew);
    }

    // Fault 66.
    [Fact]
    public async Task A_lock_that_a_living_process_holds_is_waited_for()
    {
        await StartAsync();
        var tree = await AddAsync("a");
        RealRepository.Write(Path.Combine(tree.Path, "a/new.txt"), "x");
        var path = Path.Combine(tree.GitDirectory, "index.lock");
        var held = new FileStream(path, FileMode.CreateNew);
        var waits = 0;
        Repository = await GitRepository.OpenAsync(Real.Checkout, new WaitingTime(() =>
        {
            if (++waits == 3)
            {
                File.Delete(path);
                held.Dispose();
            }
        }), Token);
        Trees = Repository.WorktreesIn(Real.Builds);

        var again = await AddAsync("a");

        Assert.Equal(3, waits);
        Assert.True((await BranchWork.CommitAllAsync(again, "m", Token)).IsNew);
    }

    /// <summary>Tells when somebody waits.</summary>
    private sealed class WaitingTime(Action waiting) : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            waiting();
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }

    private static int Strace(string call, int at, string directory, (string, string)[] environment, params string[] git)
    {
        var start = new ProcessStartInfo("strace", ["-f", "-o", "/dev/null", "-e", "trace=" + call, "-e", $"inject={call}:signal=KILL:when={at}", "git", .. git])
        {
            WorkingDirectory = directory,
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var run = Process.Start(start)!;
        run.StandardError.ReadToEnd();
        run.WaitForExit();
        return run.ExitCode;
    }
}
