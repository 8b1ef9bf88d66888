namespace Muster.Agents.Command;

/// <summary>What of this process' environment an agent sees: nothing that may be a secret or steer it.</summary>
internal static class AgentEnvironment
{
    private static readonly HashSet<string> Names = new(
        ["PATH", "HOME", "LANG", "LANGUAGE", "TERM", "TMPDIR", "TMP", "TEMP", "USER", "LOGNAME", "SHELL", "TZ", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"], StringComparer.Ordinal);

    /// <summary>NAME=VALUE of the allowed variables.</summary>
    public static IEnumerable<string> Allowed() => Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
        .Where(e => Names.Contains((string)e.Key) || ((string)e.Key).StartsWith("LC_", StringComparison.Ordinal))
        .Select(e => $"{e.Key}={e.Value}");
}
