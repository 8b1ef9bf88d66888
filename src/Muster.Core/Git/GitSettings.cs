using System.Globalization;

namespace Muster.Git;

/// <summary>What is set over a repository's own configuration, so that no command of the engine starts a program that it names.</summary>
/// <param name="commonDirectory">Absolute path of the repository's git directory.</param>
/// <param name="excludes">The user's own list of ignored names, which counts here as it does for them; null for git's default.</param>
internal sealed class GitSettings(string commonDirectory, string? excludes)
{
    private static readonly (string Key, string Value)[] Always =
    [
        ("core.hooksPath", "/dev/null"), ("core.fsmonitor", "false"), ("core.untrackedCache", "false"), ("core.splitIndex", "false"),
        ("core.pager", "cat"), ("core.editor", ":"), ("core.quotePath", "false"), ("core.attributesFile", "/dev/null"), ("core.ignoreStat", "false"),
        ("core.protectHFS", "true"), ("core.protectNTFS", "true"), ("index.sparse", "false"), ("diff.external", ""), ("diff.ignoreSubmodules", "all"),
        ("submodule.recurse", "false"), ("gc.auto", "0"), ("maintenance.auto", "false"), ("commit.gpgSign", "false"), ("log.showSignature", "false"),
        ("merge.directoryRenames", "conflict"), ("rerere.enabled", "false"), ("i18n.commitEncoding", "UTF-8"), ("core.sparseCheckoutCone", "false"),
        ("worktree.useRelativePaths", "false"),
    ];

    private readonly Lock sync = new();
    private (string Stamp, IReadOnlyList<(string, string)> Drivers)? known;

    /// <summary>Absolute path of the git directory that all worktrees share.</summary>
    public string CommonDirectory => commonDirectory;

    /// <summary>Writes the protections into what a git process is started with.</summary>
    public async Task ApplyAsync(GitPlace place, IDictionary<string, string?> environment, CancellationToken cancellationToken)
    {
        Bare(environment);
        var settings = Always.Concat(await DriversAsync(place, cancellationToken)).Append(("core.sparseCheckout", place.IsSparse ? "true" : "false"));
        Write(excludes is null ? settings : settings.Append(("core.excludesFile", excludes)), environment);
    }

    private static void Bare(IDictionary<string, string?> environment)
    {
        environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        environment["GIT_ATTR_NOSYSTEM"] = "1";
        environment["GIT_OPTIONAL_LOCKS"] = "0";
        environment["GIT_LITERAL_PATHSPECS"] = "1";
        environment["GIT_EDITOR"] = ":";
        environment["GIT_NO_LAZY_FETCH"] = "1";
        environment["GIT_ALLOW_PROTOCOL"] = "none"; // Nothing here needs the network, and a transport is a program.
        environment["GIT_AUTHOR_NAME"] = environment["GIT_COMMITTER_NAME"] = CommitIdentity.Name;
        environment["GIT_AUTHOR_EMAIL"] = environment["GIT_COMMITTER_EMAIL"] = CommitIdentity.Email;
    }

    /// <summary>By the environment: a name of a driver may hold an equals sign, which <c>-c</c> would cut at.</summary>
    private static void Write(IEnumerable<(string Key, string Value)> settings, IDictionary<string, string?> environment)
    {
        var count = 0;
        foreach (var (key, value) in settings)
        {
            environment[$"GIT_CONFIG_KEY_{count}"] = key;
            environment[$"GIT_CONFIG_VALUE_{count++}"] = value;
        }

        environment["GIT_CONFIG_COUNT"] = count.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Filters are set to nothing, which git takes as none; a merge driver must not be empty, as that would mean "ours": it fails, so the path conflicts.</summary>
    private async Task<IReadOnlyList<(string, string)>> DriversAsync(GitPlace place, CancellationToken cancellationToken)
    {
        string[] files = [Path.Combine(commonDirectory, "config"), Path.Combine(commonDirectory, "config.worktree"), Path.Combine(place.Directory, "config.worktree")];
        var stamp = string.Join('|', files.Select(f => new FileInfo(f)).Select(f => f.Exists ? $"{f.Length} {f.LastWriteTimeUtc.Ticks}" : "-"));
        lock (sync)
        {
            if (known is { } last && last.Stamp == stamp)
            {
                return last.Drivers;
            }
        }

        var start = GitCommand.StartOf(place.Directory, ["config", "--list", "--includes", "--name-only", "-z"], isSafe: false);
        start.Environment["GIT_DIR"] = place.Directory;
        start.Environment["GIT_COMMON_DIR"] = commonDirectory;
        Bare(start.Environment);
        var listed = await GitCommand.RunAsync(start, input: null, TimeSpan.FromMinutes(1), cancellationToken);
        if (listed.ExitCode != 0)
        {
            throw GitException.Failed("config --list", commonDirectory, listed);
        }

        var names = listed.Fields;
        var drivers = names.Select(OffOf).OfType<(string, string)>().ToList();
        lock (sync)
        {
            // What is included from elsewhere can change without these files: it is read each time.
            known = names.Any(n => n.StartsWith("include", StringComparison.OrdinalIgnoreCase)) ? null : (stamp, drivers);
        }

        return drivers;
    }

    private static (string, string)? OffOf(string name) =>
        name.StartsWith("filter.", StringComparison.OrdinalIgnoreCase)
            ? (name, name.EndsWith(".required", StringComparison.OrdinalIgnoreCase) ? "false" : string.Empty)
            : name.StartsWith("merge.", StringComparison.OrdinalIgnoreCase) && name.EndsWith(".driver", StringComparison.OrdinalIgnoreCase) ? (name, "false")
            : name.StartsWith("branch.", StringComparison.OrdinalIgnoreCase) && name.EndsWith(".mergeoptions", StringComparison.OrdinalIgnoreCase) ? (name, string.Empty)
            : null;
}
