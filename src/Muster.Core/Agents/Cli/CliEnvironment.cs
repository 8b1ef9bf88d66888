using System.Collections;
using System.Collections.Immutable;
using Muster.Agents.Keeping;

namespace Muster.Agents.Cli;

/// <summary>What a CLI sees of the environment: what is listed here, and its own key.</summary>
internal static class CliEnvironment
{
    private static readonly string[] Passed =
    [
        "PATH", "LANG", "TZ", "SYSTEMROOT", "PATHEXT",
        "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", // Without them, no provider behind some firewalls.
    ];

    /// <summary>A tree's own configuration of git runs nothing and its index is not refreshed, when a CLI asks git about the tree.</summary>
    private static readonly (string, string)[] Git =
    [
        ("GIT_CONFIG_COUNT", "2"), ("GIT_CONFIG_KEY_0", "core.fsmonitor"), ("GIT_CONFIG_VALUE_0", "false"),
        ("GIT_CONFIG_KEY_1", "core.hooksPath"), ("GIT_CONFIG_VALUE_1", "/dev/null"), ("GIT_OPTIONAL_LOCKS", "0"), ("GIT_TERMINAL_PROMPT", "0"),
    ];

    /// <summary>Its lines, NAME=value.</summary>
    public static ImmutableArray<string> Of(CliCall call, CliLaunch launch, bool isHeld)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry own in Environment.GetEnvironmentVariables())
        {
            if (own is { Key: string name, Value: string value } && IsPassed(name))
            {
                all[name] = value;
            }
        }

        all["HOME"] = call.UsesOwnLogin && !isHeld ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) : call.Home;
        all["TMPDIR"] = call.Temporary;
        all["MUSTER_ATTEMPT"] = KeptPrograms.Marker(call.Task);
        foreach (var (name, value) in Git.Concat(launch.Variables))
        {
            all[name] = value;
        }

        if (launch.KeyVariable is { } variable && call.KeyVariable is { } source)
        {
            all[variable] = KeyOf(source) ?? "unused"; // Only with another address: a server of one's own may want none, but the CLI does.
        }

        return [.. all.Select(pair => $"{pair.Key}={pair.Value}")];
    }

    /// <summary>The key in a variable of this process; null when there is none.</summary>
    public static string? KeyOf(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } key ? key : null;

    private static bool IsPassed(string name) =>
        Array.Exists(Passed, passed => passed.Equals(name, StringComparison.OrdinalIgnoreCase)) || name.StartsWith("LC_", StringComparison.Ordinal);
}
