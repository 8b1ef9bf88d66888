using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Muster.Models;
using Muster.Runs;

namespace Muster.Agents.Cli;

/// <summary>Codex.</summary>
/// <remarks>
/// Its own sandbox lets its commands read and write nothing, without network; so its file is its last message. Where a role may write more, the
/// sandbox lets it write in the attempt's directory and the workspace, and it writes its file itself. Its stream tells usage at
/// the end alone, and no script in which tools are called; its session's log tells both at once, usage as sums over the session.
/// </remarks>
internal sealed class CodexDialect : ICliDialect
{
    private const string Provider = "muster";

    /// <summary>Characters that its settings or its sandbox's patterns give a meaning.</summary>
    private static readonly SearchValues<char> Special = SearchValues.Create("\"\\*?[]{}");

    public string Name => "codex";

    public CliRelease Release { get; } = new("@openai/codex", new(0, 169, 0), new(0, 169, 0));

    public string BaseUrlVariable(string model) => "OPENAI_BASE_URL";

    /// <summary>The script of the package only starts the binary, and costs a process of its own.</summary>
    public string Native(string program)
    {
        var platform = $"codex-{(OperatingSystem.IsMacOS() ? "darwin" : "linux")}-{(RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? "arm64" : "x64")}";
        var vendor = Path.Combine(Path.GetDirectoryName(program)!, "..", "..", platform, "vendor");
        return program.EndsWith(".js", StringComparison.Ordinal) && Directory.Exists(vendor)
            ? Directory.EnumerateDirectories(vendor).Select(d => Path.GetFullPath(Path.Combine(d, "bin", "codex"))).FirstOrDefault(File.Exists) ?? program
            : program;
    }

    public bool NeedsSandbox(CliCall call) => false;

    public CliLaunch Launch(CliCall call) => new()
    {
        Arguments =
        [
            "exec", .. call.Session is { } session ? (string[])["resume", session] : [],
            "--json", "--skip-git-repo-check", "-m", call.Model,
            .. HandsInByMessage(call) ? (string[])["-o", call.LastMessage] : [], // It follows links, so only where the agent can make none.
            .. call.UsesOwnLogin ? (string[])["--ignore-user-config"] : [],
            .. Settings(call).SelectMany(setting => (string[])["-c", setting]),
            "-", // The prompt is on stdin.
        ],
        Variables = [("CODEX_HOME", HomeOf(call))],
        KeyVariable = call.KeyVariable,
        Files = [(".codex/.keep", string.Empty)], // Its home must be there.
        Remark = HandsInByMessage(call) ? HandedIn.Words : string.Empty,
    };

    public bool HandsInByMessage(CliCall call) => !call.WritesMore;

    public string? SessionLog(CliCall call, string session)
    {
        var sessions = Path.Combine(HomeOf(call), "sessions");
        return Directory.Exists(sessions)
            ? Directory.EnumerateFiles(sessions, $"rollout-*-{session}.jsonl", SearchOption.AllDirectories).FirstOrDefault()
            : null;
    }

    public void ReadLog(JsonElement line, CliTranscript transcript)
    {
        var payload = line.Member("payload");
        if (payload.Text("type")?.EndsWith("_call", StringComparison.Ordinal) == true)
        {
            transcript.CalledInLog(payload.Text("call_id") ?? string.Empty); // Scripts that call tools, and commands that the sandbox stopped, are not in the stream.
        }

        var info = payload.Member("info");
        if (payload.Text("type") == "token_count" && info.Member("last_token_usage") is { ValueKind: JsonValueKind.Object } last)
        {
            transcript.Took("last", TokensOf(last)); // Priced as the one request that it was.
            transcript.TookInSession(TokensOf(info.Member("total_token_usage")), null);
        }
    }

    public void Read(JsonElement line, CliTranscript transcript)
    {
        switch (line.Text("type"))
        {
            case "thread.started":
                transcript.Session ??= line.Text("thread_id");
                break;
            case "item.started" or "item.completed":
                ReadItem(line.Member("item"), transcript);
                break;
            case "turn.completed":
                transcript.TookInSession(TokensOf(line.Member("usage")), null);
                transcript.End(isGood: true);
                break;
            case "turn.failed":
                transcript.Fail(FailureOf(line.Member("error").Text("message") ?? "the turn failed"));
                transcript.End(isGood: false);
                break;
        }
    }

    private static void ReadItem(JsonElement item, CliTranscript transcript)
    {
        switch (item.Text("type"))
        {
            case "agent_message":
                transcript.Say(item.Text("text") ?? string.Empty);
                break;
            case "command_execution" or "file_change" or "mcp_tool_call" or "web_search":
                transcript.Called(item.Text("id") ?? string.Empty, CliJson.Words(item.Text("type")!.Replace('_', ' '), item));
                break;
        }
    }

    private static ModelTokens TokensOf(JsonElement usage) => new(
        Math.Max(0, usage.Number("input_tokens") - usage.Number("cached_input_tokens") - usage.Number("cache_write_input_tokens")),
        usage.Number("output_tokens"),
        usage.Number("cached_input_tokens"),
        usage.Number("cache_write_input_tokens"));

    /// <summary>No status is told but in words, and where the provider's words are passed on, not even that.</summary>
    private static AgentFailure FailureOf(string message) =>
        message.Contains("invalid_request_error", StringComparison.Ordinal) || message.Contains("does not exist", StringComparison.Ordinal)
            ? new(FailureClass.Permanent, CliFailures.Short(message))
            : CliFailures.Of(null, message);

    private static string HomeOf(CliCall call) => !call.UsesOwnLogin ? Path.Combine(call.Home, ".codex")
        : Environment.GetEnvironmentVariable("CODEX_HOME") is { Length: > 0 } own ? own
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".codex");

    private static IEnumerable<string> Settings(CliCall call)
    {
        if (!call.UsesOwnLogin || call.BaseUrl is not null)
        {
            var url = call.BaseUrl?.ToString().TrimEnd('/') ?? "https://api.openai.com/v1";
            yield return $"model_provider=\"{Provider}\"";
            yield return $$"""model_providers.{{Provider}}={name="{{Provider}}",base_url="{{url}}",env_key="{{call.KeyVariable}}",wire_api="responses",request_max_retries=2,stream_max_retries=2}""";
        }

        string[] rest =
        [
            .. call.WritesMore ? Permissions(call.Task) : ["sandbox_mode=\"read-only\""],
            "approval_policy=\"never\"",
            "shell_environment_policy={inherit=\"core\",ignore_default_excludes=false}", // Its commands do not see the key.
            "project_doc_max_bytes=0", // The tree is material: its AGENTS.md instructs nobody.
            "web_search=\"disabled\"", "agents.enabled=false",
            "analytics.enabled=false", "check_for_update_on_startup=false", "history.persistence=\"none\"",
            "features.plugins=false", "features.apps=false", "features.goals=false", "features.memories=false", "features.shell_snapshot=false",
        ];
        foreach (var setting in rest)
        {
            yield return setting;
        }
    }

    /// <summary>Its sandbox, path by path; without the last of these a later command could change what the engine and codex itself go by.</summary>
    private static IEnumerable<string> Permissions(AgentTask task)
    {
        List<(string Path, string Access)> paths = [(":root", "read"), (task.Directory, "write")];
        if (task.Workspace is { } workspace)
        {
            paths.Add((workspace, "write"));
            paths.AddRange(ProtectedPaths.Of(task).Select(path => (path, "read")));
        }

        paths.AddRange([(Path.Combine(task.Directory, "home"), "read"), (Path.Combine(task.Directory, "prompt.md"), "read")]);
        yield return $"default_permissions=\"{Provider}\"";
        yield return $"permissions.{Provider}.filesystem={{{string.Join(',', paths.Select(entry => $"{Quoted(entry.Path)}=\"{entry.Access}\""))}}}";
        yield return $"permissions.{Provider}.network={{enabled=false}}";
    }

    private static string Quoted(string path) => !path.AsSpan().ContainsAny(Special)
        ? $"\"{path}\""
        : throw CliAgentException.Unnameable(path, "\" \\ * ? [ ] { }");
}
