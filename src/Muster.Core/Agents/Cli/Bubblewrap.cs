using System.Collections.Immutable;
using System.Diagnostics;
using Muster.Agents.Keeping;

namespace Muster.Agents.Cli;

/// <summary>The sandbox for a CLI that cannot be trusted to leave the tree alone: everything read-only but the attempt's directory and its workspace, no capabilities.</summary>
/// <remarks>
/// The rest of the run and the usual places of a person's keys are not to be seen. The network is: the CLI's provider is behind it, so that
/// its commands, where the task allows any, have it too. It dies with the keeper.
/// </remarks>
internal sealed class Bubblewrap(string program, string runDirectory)
{
    /// <summary>An empty directory inside, with nothing above it that a CLI would read: bwrap makes a /dev of its own.</summary>
    public const string EmptyDirectory = "/dev/shm";

    private static readonly string[] Basis =
    [
        "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--unshare-pid", "--unshare-ipc", "--unshare-uts",
        "--cap-drop", "ALL", // Root inside could else make the read-only mounts writable again.
        "--die-with-parent", "--new-session",
    ];

    private static readonly string[] Hidden =
        [".ssh", ".aws", ".azure", ".gnupg", ".kube", ".docker", ".config/gh", ".config/gcloud", ".config/muster", ".claude", ".codex", ".gemini", ".local/share/opencode"];

    private static readonly string[] HiddenFiles = [".netrc", ".git-credentials", ".npmrc", ".pypirc", ".claude.json"];

    /// <summary>The sandbox for a run; null where there is none that works.</summary>
    public static Bubblewrap? Find(string runDirectory) => FindProgram() is { } program ? new(program, runDirectory) : null;

    /// <summary>Path of a bubblewrap that works; null where there is none.</summary>
    public static string? FindProgram() =>
        OperatingSystem.IsLinux() && ProgramSearch.OnPath("bwrap", Environment.GetEnvironmentVariable("PATH")) is { } program && Works(program) ? program : null;

    /// <summary>What a CLI must know that works in <see cref="EmptyDirectory"/>.</summary>
    public static string RemarkOn(AgentTask task) => "\n## Where things are\n\nYour working directory is empty. " + (task.Worktree is { } workspace
        ? $"Your worktree is {workspace}: give your tools absolute paths, and begin commands with a cd to it. You can write in it and beside your own file.\n"
        : $"The tree is {task.Root}: give your tools absolute paths. You can write {(Proposals.OrWorkspaceOf(task) ? "beside your own file" : "to your own file")} alone.\n");

    /// <summary>The command line that runs a command inside.</summary>
    public ImmutableArray<string> Wrap(CliCall call, CliLaunch launch, ImmutableArray<string> command)
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var kept = new[] { call.Task.Root, call.Task.WorkingDirectory, command[0] };
        return
        [
            program, .. Basis,
            .. Hidden.Select(name => Path.Combine(home, name)).Where(path => Directory.Exists(path) && !Array.Exists(kept, k => IsBelow(k, path)))
                .SelectMany(path => (string[])["--tmpfs", path]),
            .. HiddenFiles.Select(name => Path.Combine(home, name)).Concat(launch.Hidden).Where(File.Exists).SelectMany(path => (string[])["--ro-bind", "/dev/null", path]),
            "--tmpfs", runDirectory,
            .. IsBelow(call.Task.Root, runDirectory) ? (string[])["--ro-bind", call.Task.Root, call.Task.Root] : [],
            .. call.Task.Worktree is { } worktree ? Writable(worktree) : [], // Any other workspace lies in the attempt's directory.
            .. call.Task.Inputs.SelectMany(input => (string[])["--ro-bind", input.Path, input.Path]),
            "--bind", call.Task.Directory, call.Task.Directory,
            .. call.UsesOwnLogin
                ? launch.Login.Select(login => (From: Path.Combine(home, login.From), To: Path.Combine(call.Home, login.Path))).Where(login => File.Exists(login.From))
                    .SelectMany(login => (string[])["--ro-bind", login.From, login.To])
                : [],
            "--chdir", launch.WorkingDirectory ?? call.Task.WorkingDirectory, "--", .. command,
        ];
    }

    private IEnumerable<string> Writable(string workspace) =>
    [
        "--bind", workspace, workspace,
        .. IsBelow(runDirectory, workspace) ? (string[])["--tmpfs", runDirectory] : [],
        .. ProtectedPaths.In(workspace).SelectMany(path => (string[])["--ro-bind", path, path]),
    ];

    private static bool IsBelow(string path, string directory) => path == directory || path.StartsWith(directory + "/", StringComparison.Ordinal);

    /// <summary>Some systems let nobody make user namespaces, or only some programs.</summary>
    private static bool Works(string program)
    {
        var start = new ProcessStartInfo(program, [.. Basis, "--", "/bin/true"]) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        using var process = Process.Start(start);
        process?.WaitForExit();
        return process is { ExitCode: 0 };
    }
}
