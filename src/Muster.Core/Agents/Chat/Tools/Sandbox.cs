using Muster.Agents.Keeping;

namespace Muster.Agents.Chat.Tools;

/// <summary>How a command is run without harm: bubblewrap around it, with no capability, network, process or file that it does not need.</summary>
/// <remarks>
/// It sees the system's programs and the tree, both read-only, writes in the attempt's directory, in its workspace if it has one, and in a /tmp
/// of its own, and has neither the user's home nor the run's directory. As root the capabilities must go, or a read-only mount is mounted anew from inside.
/// </remarks>
internal static class Sandbox
{
    private static readonly string[] System = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt"];
    private static readonly string[] Settings =
        ["/etc/alternatives", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/localtime"];

    /// <summary>Files of the attempt that the engine goes on from: no command may change what was said.</summary>
    private static readonly string[] Ours = ["prompt.md", Transcript.FileName];

    private static readonly Lazy<string?> Found = new(() =>
        OperatingSystem.IsLinux() ? ProgramSearch.OnPath("bwrap", "/usr/bin:/usr/local/bin:/bin") : null);

    /// <summary>Path of bubblewrap; null where there is none.</summary>
    public static string? Program => Found.Value;

    /// <summary>Its arguments before those of the command.</summary>
    /// <param name="task">The attempt.</param>
    /// <param name="hidden">Absolute path of the run's directory.</param>
    public static IEnumerable<string> Arguments(AgentTask task, string hidden)
    {
        List<string> arguments =
        [
            "--unshare-user-try", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try",
            "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv",
            "--setenv", "PATH", "/usr/local/bin:/usr/bin:/bin", "--setenv", "HOME", "/tmp", "--setenv", "LANG", "C.UTF-8",
        ];
        foreach (var path in System.Concat(Settings))
        {
            arguments.AddRange(["--ro-bind-try", path, path]);
        }

        arguments.AddRange(["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--ro-bind", task.Root, task.Root]);
        Hide(arguments, hidden, task.Root);
        if (task.Worktree is { } workspace)
        {
            arguments.AddRange(["--bind", workspace, workspace]);
            Hide(arguments, hidden, workspace);
            foreach (var path in ProtectedPaths.In(workspace))
            {
                arguments.AddRange(["--ro-bind", path, path]);
            }
        }

        arguments.AddRange(["--bind", task.Directory, task.Directory]);
        foreach (var name in Ours)
        {
            arguments.AddRange(["--ro-bind-try", Path.Combine(task.Directory, name), Path.Combine(task.Directory, name)]);
        }

        arguments.AddRange(["--chdir", task.WorkingDirectory, "--"]);
        return arguments;
    }

    /// <summary>Where the runs lie in what is shown, the others' files are nobody's business.</summary>
    private static void Hide(List<string> arguments, string hidden, string shown)
    {
        if (hidden.StartsWith(shown.TrimEnd('/') + "/", StringComparison.Ordinal))
        {
            arguments.AddRange(["--tmpfs", hidden]);
        }
    }
}
