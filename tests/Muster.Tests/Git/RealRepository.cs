using System.Diagnostics;
using Muster.Git;

namespace Muster.Tests.Git;

/// <summary>A real repository with a checkout on main, and a directory for a run's worktrees beside it.</summary>
internal sealed class RealRepository : IDisposable
{
    private readonly TempDirectory temp = new();

    public RealRepository(string name = "repo", params string[] init)
    {
        Checkout = Directory.CreateDirectory(Path.Combine(temp.Path, name)).FullName;
        Builds = Directory.CreateDirectory(Path.Combine(temp.Path, "run", "builds")).FullName;
        Git(["init", "-q", "-b", "main", .. init]);
        Git("config", "user.name", "User");
        Git("config", "user.email", "user@example.org");
    }

    /// <summary>A directory outside the repository.</summary>
    public string Outside => temp.Path;

    public string Checkout { get; }

    public string Builds { get; }

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => temp.Dispose();

    public RealRepository With(string path, string text)
    {
        Write(Path.Combine(Checkout, path), text);
        return this;
    }

    public static void Write(string full, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    /// <summary>Commits everything in the checkout as its user and names the commit.</summary>
    public string Commit(string message = "base")
    {
        Git("add", "-A");
        Git("commit", "-q", "--allow-empty", "-m", message);
        return Git("rev-parse", "HEAD");
    }

    public string Git(params string[] arguments) => GitIn(Checkout, arguments);

    /// <summary>Git as a user or an agent runs it, with hooks, filters and all.</summary>
    public static string GitIn(string directory, params string[] arguments)
    {
        var (code, output) = TryGitIn(directory, arguments);
        Assert.True(code == 0, $"git {string.Join(' ', arguments)}: {output}");
        return output;
    }

    public static (int Code, string Output) TryGitIn(string directory, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = directory,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        using var git = Process.Start(start)!;
        var errors = new System.Text.StringBuilder();
        git.ErrorDataReceived += (_, line) => errors.AppendLine(line.Data);
        git.BeginErrorReadLine();
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return (git.ExitCode, output.TrimEnd('\n') + (git.ExitCode == 0 ? string.Empty : errors.ToString()));
    }

    public async Task<GitRepository> OpenAsync() => await GitRepository.OpenAsync(Checkout, TimeProvider.System, Token);

    /// <summary>An executable script that leaves a file when it is run; hands back the script and the file.</summary>
    public (string Script, string Proof) Trap(string name = "trap", string then = "cat")
    {
        var (script, proof) = (Path.Combine(temp.Path, name + ".sh"), Path.Combine(temp.Path, name + ".ran"));
        File.WriteAllText(script, $"#!/bin/sh\necho ran > '{proof}'\n{then}\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return (script, proof);
    }
}
