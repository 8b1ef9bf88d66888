using System.Collections.Immutable;
using System.IO.Enumeration;
using System.Text.Json;
using Muster.Runs;

namespace Muster.Agents.Cli;

/// <summary>Gemini CLI.</summary>
/// <remarks>
/// It reads settings, .env files and hooks from its working directory, and its edits may go anywhere that it is shown; so the sandbox
/// holds it, and it works in an empty directory with the tree added. Usage is told at the end alone, per process.
/// </remarks>
internal sealed class GeminiDialect : ICliDialect
{
    private const string InstructionsFile = "GEMINI.md";

    /// <summary>Each is named on the sandbox's command line, which may not become too long.</summary>
    private const int MostInstructions = 500;

    private static readonly (string Tool, string[] Names)[] Tools =
    [
        ("Read", ["read_file", "read_many_files", "list_directory"]), ("Grep", ["grep_search", "search_file_content"]), ("Glob", ["glob"]),
        ("Write", ["write_file"]), ("Edit", ["replace"]), ("Bash", ["run_shell_command"]),
    ];

    public string Name => "gemini";

    public CliRelease Release { get; } = new("@google/gemini-cli", new(0, 61, 0), new(0, 61, 0));

    public string BaseUrlVariable(string model) => "GOOGLE_GEMINI_BASE_URL";

    public bool NeedsSandbox(CliCall call) => true;

    public CliLaunch Launch(CliCall call) => new()
    {
        Arguments =
        [
            "-o", "stream-json", "-m", call.Model, "--approval-mode", call.MayRunCommands ? "yolo" : "auto_edit",
            .. Shown(call).SelectMany(directory => (string[])["--include-directories", directory]),
            .. call.Session is { } session ? (string[])["--resume", session] : [],
        ],
        Variables =
        [
            ("NO_COLOR", "1"),
            .. call.BaseUrl is { } url ? [("GOOGLE_GEMINI_BASE_URL", url.ToString().TrimEnd('/'))] : ImmutableArray<(string, string)>.Empty,
        ],
        KeyVariable = "GEMINI_API_KEY",
        Files = [(".gemini/settings.json", Settings(call))],
        Login = [(".gemini/oauth_creds.json", ".gemini/oauth_creds.json"), (".gemini/google_accounts.json", ".gemini/google_accounts.json")],
        Hidden = [.. Instructions(call.Task.Root).Union(Instructions(call.Task.WorkingDirectory))],
        WorkingDirectory = Bubblewrap.EmptyDirectory,
        Remark = Bubblewrap.RemarkOn(call.Task),
    };

    public void Read(JsonElement line, CliTranscript transcript)
    {
        switch (line.Text("type"))
        {
            case "init":
                transcript.Session ??= line.Text("session_id");
                break;
            case "message" when line.Text("role") == "assistant":
                transcript.GoOnSaying(line.Text("content") ?? string.Empty); // It comes in pieces.
                break;
            case "tool_use":
                transcript.Say(string.Empty); // What was said before a call is not its last word.
                var tool = line.Text("tool_name") ?? "a tool";
                transcript.Called(line.Text("tool_id") ?? string.Empty, CliJson.Words(tool, line.Member("parameters")), isWrite: tool is "write_file" or "replace");
                break;
            case "tool_result" when line.Text("status") == "error" && line.Text("output") is { } output
                && (output.Contains("not in workspace", StringComparison.Ordinal) || output.Contains("EROFS", StringComparison.Ordinal)):
                transcript.Deny(line.Text("tool_id")?.Split("__")[0] ?? "a tool");
                break;
            case "result":
                ReadResult(line, transcript);
                break;
        }
    }

    private static void ReadResult(JsonElement line, CliTranscript transcript)
    {
        var stats = line.Member("stats");
        var cached = stats.Number("cached");
        transcript.TookInProcess(new(Math.Max(0, stats.Number("input_tokens") - cached), stats.Number("output_tokens"), cached));
        var isGood = line.Text("status") == "success";
        if (!isGood)
        {
            transcript.Fail(FailureOf(line.Member("error").Text("message") ?? "it failed without a word"));
        }

        transcript.End(isGood);
    }

    /// <summary>Its provider tells of a quota where it means a minute's rate, too: only what names a day or money is one.</summary>
    private static AgentFailure FailureOf(string message)
    {
        var failure = CliFailures.Of(null, message);
        return failure.Class is FailureClass.Quota && !Array.Exists(["day", "daily", "billing account", "credit"], word => message.Contains(word, StringComparison.OrdinalIgnoreCase))
            ? failure with { Class = FailureClass.Transient }
            : failure;
    }

    /// <summary>What a tree has to say to it, in the root, above and below; no setting keeps it from taking that for instructions.</summary>
    /// <exception cref="CliAgentException">There are too many of them to hide.</exception>
    private static IEnumerable<string> Instructions(string root)
    {
        for (var directory = root; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            yield return Path.Combine(directory, InstructionsFile);
        }

        var found = 0;
        foreach (var below in Below(root))
        {
            yield return ++found <= MostInstructions ? below : throw CliAgentException.TooManyInstructions(root, InstructionsFile, MostInstructions);
        }
    }

    /// <summary>Links among them too, but none in a directory that is a link.</summary>
    private static FileSystemEnumerable<string> Below(string root) =>
        new(root, (ref FileSystemEntry entry) => entry.ToFullPath(), new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true })
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && entry.FileName.SequenceEqual(InstructionsFile),
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        };

    private static IEnumerable<string> Shown(CliCall call)
    {
        foreach (var directory in call.Task.Inputs.Select(input => Path.GetDirectoryName(input.Path)!).Append(call.Task.Root).Append(call.Task.WorkingDirectory).Append(call.Task.Directory).Distinct())
        {
            yield return directory.Contains(',') ? throw CliAgentException.Unnameable(directory, ",") : directory;
        }
    }

    private static string Settings(CliCall call)
    {
        var tools = Tools.Where(tool => call.Tools.Contains(tool.Tool)).SelectMany(tool => tool.Names);
        return $$"""
            {
              "security": { "auth": { "selectedType": "{{(call.UsesOwnLogin ? "oauth-personal" : "gemini-api-key")}}" }, "folderTrust": { "enabled": false } },
              "privacy": { "usageStatisticsEnabled": false },
              "telemetry": { "enabled": false },
              "general": { "disableAutoUpdate": true, "disableUpdateNag": true },
              "tools": { "core": [{{string.Join(", ", tools.Select(name => $"\"{name}\""))}}] }
            }

            """;
    }
}
