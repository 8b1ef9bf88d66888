using Muster.Agents.Cli;

namespace Muster.Pipeline;

/// <summary>How a project's test command is run without harm: it is code that an agent wrote.</summary>
/// <remarks>
/// In bubblewrap it sees the system read-only, writes in its worktree and in a /tmp of its own, and has neither the person's home (but for
/// the caches of packages that builds read) nor the run's directory, nor the sockets of the machine's services, nor, unless that was allowed, a network. Its whole tree of processes ends with it.
/// </remarks>
internal static class TestSandbox
{
    /// <summary>Caches of packages beneath a home: read, never written.</summary>
    private static readonly string[] Caches =
        [".nuget/packages", ".dotnet", ".npm", ".cargo", ".rustup", ".m2", ".gradle", "go/pkg", ".cache/go-build", ".cache/pip", ".local/share/pnpm", ".nvm", ".pyenv", ".sdkman"];

    /// <summary>Where services of the machine have their sockets, which a network of its own does not close: whoever reaches Docker's has the machine.</summary>
    private static readonly string[] Sockets = ["/run", "/var/run"];

    /// <summary>What programs need of there: names of hosts, and where NixOS has its programs.</summary>
    private static readonly string[] SocketsBeside = ["/run/systemd/resolve", "/run/current-system", "/run/wrappers", "/run/opengl-driver"];

    /// <summary>Variables that are passed on.</summary>
    private static readonly string[] Kept = ["PATH", "LANG", "LC_ALL", "TZ", "DOTNET_ROOT", "JAVA_HOME", "GOROOT", "NUGET_PACKAGES"];

    /// <summary>Path of bubblewrap; null where there is none that works.</summary>
    public static string? Find() => Bubblewrap.FindProgram();

    /// <summary>Whether a path outside of the worktree can be seen in the sandbox.</summary>
    public static bool Shows(string path)
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return !(home.Length > 1 && IsBelow(path, home) || IsBelow(path, "/tmp")) || Caches.Any(cache => IsBelow(path, Path.Combine(home, cache)));

        static bool IsBelow(string path, string directory) => path.StartsWith(directory + "/", StringComparison.Ordinal);
    }

    /// <summary>The program and arguments that run a command in the sandbox.</summary>
    /// <param name="bubblewrap">Path of bubblewrap.</param>
    /// <param name="worktree">Absolute path; the only place that may be written.</param>
    /// <param name="hidden">Absolute path of the run's directory.</param>
    /// <param name="useNetwork">Whether the network may be used.</param>
    /// <param name="command">The command.</param>
    public static IReadOnlyList<string> Wrap(string bubblewrap, string worktree, string hidden, bool useNetwork, IEnumerable<string> command)
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        List<string> arguments =
        [
            bubblewrap, "--unshare-user-try", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try",
            "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv",
        ];
        if (!useNetwork)
        {
            arguments.Add("--unshare-net");
        }

        foreach (var (name, value) in Variables())
        {
            arguments.AddRange(["--setenv", name, value]);
        }

        arguments.AddRange(["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"]);
        arguments.AddRange(Sockets.Where(path => new DirectoryInfo(path) is { Exists: true, LinkTarget: null }).SelectMany(path => (string[])["--tmpfs", path]));
        arguments.AddRange(SocketsBeside.Where(Directory.Exists).SelectMany(path => (string[])["--ro-bind", path, path]));
        if (home.Length > 1)
        {
            arguments.AddRange(["--tmpfs", home]);
            foreach (var cache in Caches.Select(cache => Path.Combine(home, cache)).Where(Directory.Exists))
            {
                arguments.AddRange(["--ro-bind", cache, cache]);
            }
        }

        arguments.AddRange(["--tmpfs", hidden, "--bind", worktree, worktree, "--ro-bind-try", Path.Combine(worktree, ".git"), Path.Combine(worktree, ".git")]);
        arguments.AddRange(["--chdir", worktree, "--"]);
        arguments.AddRange(command);
        return arguments;
    }

    /// <summary>The environment of a test command.</summary>
    public static IEnumerable<(string Name, string Value)> Variables() => Kept
        .Select(name => (name, Environment.GetEnvironmentVariable(name) ?? string.Empty)).Where(pair => pair.Item2.Length > 0)
        .Concat([("HOME", "/tmp"), ("CI", "true"), ("DOTNET_CLI_HOME", "/tmp"), ("DOTNET_CLI_TELEMETRY_OPTOUT", "1"), ("DOTNET_NOLOGO", "1")])
        .Concat(NuGet());

    private static IEnumerable<(string, string)> NuGet()
    {
        var packages = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        return Environment.GetEnvironmentVariable("NUGET_PACKAGES") is null && Directory.Exists(packages) ? [("NUGET_PACKAGES", packages)] : [];
    }
}
