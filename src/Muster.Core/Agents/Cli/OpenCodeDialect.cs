using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Muster.Agents.Cli;

/// <summary>opencode.</summary>
/// <remarks>
/// It runs plugins that it finds in its working directory, whatever its settings say, and its own rules let edits pass; so the sandbox
/// holds it, and it works in an empty directory with the tree named to it. It sends a refused request five times more, and waits as long as
/// it is told to, hours too; its stream says nothing of that, but its log does.
/// </remarks>
internal sealed class OpenCodeDialect : ICliDialect
{
    private const string Custom = "muster", LogError = " error.error=";

    /// <summary>How it tells that a rule of its own, or the sandbox, did not let it.</summary>
    private static readonly string[] Denials = ["rule which prevents you", "FileSystem.writeFile", "Read-only file system", "EROFS"];

    public string Name => "opencode";

    public CliRelease Release { get; } = new("opencode-ai", new(1, 18, 33), new(1, 18, 33));

    public string BaseUrlVariable(string model) => model.StartsWith("anthropic/", StringComparison.Ordinal) ? "ANTHROPIC_BASE_URL" : "OPENAI_BASE_URL";

    public bool NeedsSandbox(CliCall call) => true;

    public CliLaunch Launch(CliCall call) => new()
    {
        Arguments = ["run", "--format", "json", "--print-logs", "--log-level", "ERROR", .. call.Session is { } session ? (string[])["-s", session] : []],
        Variables =
        [
            ("OPENCODE_DISABLE_AUTOUPDATE", "1"), ("OPENCODE_DISABLE_MODELS_FETCH", "1"), ("OPENCODE_DISABLE_LSP_DOWNLOAD", "1"),
            ("OPENCODE_DISABLE_DEFAULT_PLUGINS", "1"), ("OPENCODE_DISABLE_PROJECT_CONFIG", "1"), ("OPENCODE_DISABLE_CLAUDE_CODE", "1"),
            ("OPENCODE_DISABLE_EXTERNAL_SKILLS", "1"), ("OPENCODE_DISABLE_SHARE", "1"),
            .. call.MaxOutput is { } most ? (ImmutableArray<(string, string)>)[("OPENCODE_EXPERIMENTAL_OUTPUT_TOKEN_MAX", $"{most}")] : [], // Else 32,000, whatever the model can.
        ],
        KeyVariable = call.KeyVariable,
        Files = [(".config/opencode/opencode.json", Configuration(call))],
        Login = [(".local/share/opencode/auth.json", ".local/share/opencode/auth.json")],
        WorkingDirectory = Bubblewrap.EmptyDirectory,
        Remark = Bubblewrap.RemarkOn(call.Task),
    };

    public string? RefusalIn(ReadOnlySpan<char> line) =>
        line.Contains(" message=\"stream error\"", StringComparison.Ordinal) && line.IndexOf(LogError, StringComparison.Ordinal) is var at and >= 0
            ? line[(at + LogError.Length)..].Trim('"').ToString()
            : null;

    public void Read(JsonElement line, CliTranscript transcript)
    {
        transcript.Session ??= line.Text("sessionID");
        var part = line.Member("part");
        switch (line.Text("type"))
        {
            case "step_start":
                transcript.Accept();
                break;
            case "tool_use":
                var (tool, state) = (part.Text("tool") ?? "a tool", part.Member("state"));
                transcript.Called(part.Text("callID") ?? part.Text("id") ?? string.Empty, CliJson.Words(tool, state.Member("input")), isWrite: tool is "write" or "edit");
                if (state.Text("error") is { } error && Array.Exists(Denials, words => error.Contains(words, StringComparison.Ordinal)))
                {
                    transcript.Deny(tool);
                }

                break;
            case "text":
                transcript.Say(part.Text("text") ?? string.Empty);
                break;
            case "step_finish":
                ReadStep(part, transcript);
                break;
            case "error":
                transcript.Fail(FailureOf(line.Member("error")));
                break;
        }
    }

    /// <summary>Its own figure of the cost is zero for a model that it knows no price of, so that only ours counts then.</summary>
    private static void ReadStep(JsonElement part, CliTranscript transcript)
    {
        var (tokens, cache) = (part.Member("tokens"), part.Member("tokens").Member("cache"));
        transcript.Took(
            part.Text("id") ?? string.Empty,
            new(tokens.Number("input"), tokens.Number("output") + tokens.Number("reasoning"), cache.Number("read"), cache.Number("write")),
            part.Amount("cost") is > 0 and var cost ? cost : null);
        if (part.Text("reason") != "tool-calls")
        {
            transcript.End(isGood: true);
        }
    }

    private static AgentFailure FailureOf(JsonElement error)
    {
        var data = error.Member("data");
        var status = (int)data.Number("statusCode");
        return CliFailures.Of(status > 0 ? status : null, $"{data.Text("message") ?? error.Text("name") ?? "it failed without a word"}");
    }

    private static string Configuration(CliCall call)
    {
        var (provider, name, package) = ProviderOf(call);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteBoolean("autoupdate", false);
            json.WriteString("share", "disabled");
            json.WriteBoolean("snapshot", false);
            json.WriteString("model", $"{provider}/{name}");
            json.WriteString("small_model", $"{provider}/{name}");
            WriteProvider(json, call, provider, name, package);
            WriteOff(json, "agent", "title", "summary"); // Each would be a request of its own.
            WritePermissions(json, call);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static (string Provider, string Name, string? Package) ProviderOf(CliCall call)
    {
        var slash = call.Model.IndexOf('/');
        var (maker, name) = slash < 0 ? (Custom, call.Model) : (call.Model[..slash], call.Model[(slash + 1)..]);
        return maker switch
        {
            "anthropic" => (maker, name, "@ai-sdk/anthropic"),
            "openai" when call.BaseUrl is null => (maker, name, "@ai-sdk/openai"),
            "openai" => (Custom, name, "@ai-sdk/openai-compatible"),
            "google" => (maker, name, "@ai-sdk/google"),
            _ => (Custom, call.Model, "@ai-sdk/openai-compatible"),
        };
    }

    private static void WriteProvider(Utf8JsonWriter json, CliCall call, string provider, string name, string? package)
    {
        json.WriteStartObject("provider");
        json.WriteStartObject(provider);
        json.WriteString("npm", package);
        json.WriteStartObject("options");
        if (call.BaseUrl is { } url)
        {
            var address = url.ToString().TrimEnd('/');
            json.WriteString("baseURL", provider == "anthropic" && !address.EndsWith("/v1", StringComparison.Ordinal) ? address + "/v1" : address);
        }

        if (call.KeyVariable is { } key)
        {
            json.WriteString("apiKey", $"{{env:{key}}}");
        }

        json.WriteEndObject();
        json.WriteStartObject("models");
        json.WriteStartObject(name);
        if (call is { ContextWindow: { } context, MaxOutput: { } output })
        {
            json.WriteStartObject("limit");
            json.WriteNumber("context", context);
            json.WriteNumber("output", output);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteOff(Utf8JsonWriter json, string section, params ReadOnlySpan<string> names)
    {
        json.WriteStartObject(section);
        foreach (var name in names)
        {
            json.WriteStartObject(name);
            json.WriteBoolean("disable", true);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WritePermissions(Utf8JsonWriter json, CliCall call)
    {
        json.WriteStartObject("permission");
        json.WriteString("*", "deny");
        json.WriteString("edit", "allow"); // And write: the sandbox says where.
        foreach (var (tool, names) in ((string, string[])[])[("Read", ["read", "list"]), ("Grep", ["grep"]), ("Glob", ["glob"]), ("Bash", ["bash"])])
        {
            foreach (var name in call.Tools.Contains(tool) ? names : [])
            {
                json.WriteString(name, "allow");
            }
        }

        json.WriteStartObject("external_directory");
        json.WriteString("*", "deny");
        foreach (var directory in call.Task.Inputs.Select(input => Path.GetDirectoryName(input.Path)!).Append(call.Task.Root).Append(call.Task.WorkingDirectory).Append(call.Task.Directory).Distinct())
        {
            json.WriteString($"{directory}/*", "allow");
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
