using System.Collections;
using System.Collections.Immutable;
using Muster.Agents.Keeping;

namespace Muster.Agents.Command;

/// <summary>What a command sees of the environment: little of the user's, and what it is told about its task.</summary>
internal static class CommandEnvironment
{
    private static readonly ImmutableArray<KeyValuePair<string, string>> Passed =
        [.. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(e => e.Key is string name && IsPassed(name))
            .Select(e => KeyValuePair.Create((string)e.Key, (string?)e.Value ?? string.Empty))];

    public static IEnumerable<KeyValuePair<string, string>> Of(AgentTask task, string runDirectory) =>
    [
        .. Passed,
        new("MUSTER_OUTPUT", task.OutputPath),
        new("MUSTER_TASK", task.TaskId),
        new("MUSTER_ATTEMPT", KeptPrograms.Marker(task)),
        new("MUSTER_ROOT", task.Root),
        new("MUSTER_RUN", runDirectory),
        .. task.Workspace is { } workspace ? (KeyValuePair<string, string>[])[new("MUSTER_WORKSPACE", workspace)] : [],
    ];

    private static bool IsPassed(string name) =>
        name is "PATH" or "HOME" or "LANG" or "TERM" or "TMPDIR" or "USER" or "SHELL" || name.StartsWith("LC_", StringComparison.Ordinal)
        || (OperatingSystem.IsWindows() && name.ToUpperInvariant() is "SYSTEMROOT" or "TEMP" or "TMP" or "USERPROFILE" or "PATHEXT");
}
