using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Muster.Models;
using Muster.Runs;

namespace Muster.Agents.Cli;

/// <summary>Claude Code.</summary>
/// <remarks>
/// It denies what no rule allows, and rules let it edit its file, what its role proposes and its workspace, so that it needs no sandbox until it may run
/// commands; it looks where a link leads before it decides. Denied
/// calls do not fail it: they are told. Its cost is cumulative over a session, what a killed process took not included.
/// </remarks>
internal sealed class ClaudeDialect : ICliDialect
{
    /// <summary>Its own instructions are 27 KB about working with a person, paid for by every worker.</summary>
    private const string Instructions =
        "You are an agent that does one task in a directory, with nobody to ask. Use the tools you are given; a call that is denied is denied "
        + "for good, so go on without it. Do exactly what the task says, and end with what it tells you to return.";

    /// <summary>Characters that its rules give a meaning.</summary>
    private static readonly SearchValues<char> Special = SearchValues.Create("()*?[]{}!,\\");

    public string Name => "claude";

    public CliRelease Release { get; } = new("@anthropic-ai/claude-code", new(2, 1, 197), new(2, 1, 330));

    public string BaseUrlVariable(string model) => "ANTHROPIC_BASE_URL";

    public bool NeedsSandbox(CliCall call) => call.MayRunCommands;

    public CliLaunch Launch(CliCall call) => new()
    {
        Arguments =
        [
            "-p", "--output-format", "stream-json", "--verbose",
            "--model", call.Model,
            "--permission-mode", "dontAsk",
            "--tools", string.Join(',', call.Tools),
            .. Rules(call).SelectMany(rule => (string[])["--allowedTools", rule]),
            .. Denials(call.Task).SelectMany(rule => (string[])["--disallowedTools", rule]),
            "--setting-sources", "", "--strict-mcp-config", "--disable-slash-commands",
            "--system-prompt", Instructions,
            .. call.Task.MostUsd is { } usd ? (string[])["--max-budget-usd", usd.ToString()] : [],
            .. call.Session is { } session ? (string[])["--resume", session] : [],
        ],
        Variables =
        [
            ("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1"), ("DISABLE_TELEMETRY", "1"), ("DISABLE_ERROR_REPORTING", "1"), ("DISABLE_AUTOUPDATER", "1"),
            ("CLAUDE_CODE_MAX_RETRIES", "2"), // The engine backs off for all its agents at once.
            .. call.MaxOutput is { } most ? [("CLAUDE_CODE_MAX_OUTPUT_TOKENS", $"{most}")] : ImmutableArray<(string, string)>.Empty, // Else 32,000 for what it does not know.
            .. call.BaseUrl is { } url ? [("ANTHROPIC_BASE_URL", url.ToString().TrimEnd('/'))] : ImmutableArray<(string, string)>.Empty,
        ],
        KeyVariable = call.KeyVariable is "ANTHROPIC_AUTH_TOKEN" or "CLAUDE_CODE_OAUTH_TOKEN" ? call.KeyVariable : "ANTHROPIC_API_KEY",
    };

    public void Read(JsonElement line, CliTranscript transcript)
    {
        transcript.Session ??= line.Text("session_id");
        switch (line.Text("type"))
        {
            case "assistant":
                ReadMessage(line.Member("message"), transcript);
                break;
            case "system" when line.Text("subtype") == "permission_denied":
                transcript.Deny(line.Text("tool_name") ?? "a tool");
                break;
            case "result":
                ReadResult(line, transcript);
                break;
        }
    }

    private static IEnumerable<string> Rules(CliCall call)
    {
        foreach (var path in call.Task.Workspace is { } own ? (string[])[call.Task.OutputPath, own, call.Task.Root] : [call.Task.OutputPath])
        {
            if (path.AsSpan().ContainsAny(Special))
            {
                throw CliAgentException.Unnameable(path, "( ) * ? [ ] { } ! , \\");
            }
        }

        yield return $"Edit(/{call.Task.OutputPath})"; // Covers Write; a rule Write(path) matches nothing. Two slashes begin an absolute path.
        foreach (var name in Proposals.MayBeMadeBy(call.Task.Role) ? Proposals.Names : [])
        {
            yield return $"Edit(/{call.Task.Directory}/{name}{(name.EndsWith('/') ? "**" : string.Empty)})";
        }

        if (call.Task.Workspace is { } workspace)
        {
            yield return $"Edit(/{workspace}/**)";
            yield return $"Read(/{call.Task.Root}/**)"; // It works elsewhere.
        }

        foreach (var input in call.Task.Inputs.Where(input => !input.Path.AsSpan().ContainsAny(Special)))
        {
            yield return $"Read(/{input.Path})";
        }

        if (call.MayRunCommands)
        {
            yield return "Bash";
        }
    }

    /// <summary>What stays denied in a workspace.</summary>
    private static string[] Denials(AgentTask task) => task.Workspace is { } workspace
        ? [$"Edit(/{workspace}/**/.git)", $"Edit(/{workspace}/**/.git/**)", $"Edit(/{workspace}/.orchestration)", $"Edit(/{workspace}/.orchestration/**)"]
        : [];

    /// <summary>A line for each block of a message, each with the message's usage as it was at its start: its output is then estimated.</summary>
    private static void ReadMessage(JsonElement message, CliTranscript transcript)
    {
        var written = 0L;
        foreach (var block in message.Items("content"))
        {
            if (block.Text("type") == "tool_use")
            {
                var tool = block.Text("name") ?? "a tool";
                transcript.Called(block.Text("id") ?? string.Empty, CliJson.Words(tool, block.Member("input")), isWrite: tool is "Write" or "Edit");
            }
            else if (block.Text("text") is { Length: > 0 } text)
            {
                transcript.Say(text);
            }

            written += block.GetRawText().Length / 4;
        }

        if (message.Text("id") is { } id && message.Member("usage") is { ValueKind: JsonValueKind.Object } usage && message.Text("model") != "<synthetic>")
        {
            var output = Math.Max(usage.Number("output_tokens"), transcript.Of(id).Output + written);
            transcript.Took(id, new(usage.Number("input_tokens"), output, usage.Number("cache_read_input_tokens"), usage.Number("cache_creation_input_tokens")));
        }
    }

    /// <summary>There may be several: with agents in the background each reports, so the last one counts.</summary>
    private static void ReadResult(JsonElement line, CliTranscript transcript)
    {
        var (tokens, areKnown) = (default(ModelTokens), true);
        foreach (var (_, used) in line.Members("modelUsage").Select(member => (member.Name, member.Value)))
        {
            tokens = tokens.Plus(new(
                used.Number("inputTokens"), used.Number("outputTokens"), used.Number("cacheReadInputTokens"), used.Number("cacheCreationInputTokens")));
            areKnown &= used.Text("costBasis") != "unknown"; // It then takes another model's price, which is no knowledge.
        }

        transcript.TookInSession(tokens, areKnown ? line.Amount("total_cost_usd") : null);
        if (line.Text("result") is { Length: > 0 } said)
        {
            transcript.Say(said);
        }

        var isError = line.Member("is_error").ValueKind is JsonValueKind.True || line.Text("subtype") is { } subtype && subtype != "success";
        if (isError)
        {
            transcript.Fail(FailureOf(line, transcript.Said));
        }

        transcript.End(!isError);
    }

    private static AgentFailure FailureOf(JsonElement line, string said)
    {
        if (line.Text("stop_reason") == "refusal")
        {
            return new(FailureClass.Agent, CliFailures.Short($"the model refused: {said}"));
        }

        var status = (int)line.Number("api_error_status");
        return line.Text("terminal_reason") switch
        {
            null or "api_error" or "completed" => CliFailures.Of( // Older ones say "completed" of a refusal, too.
                status > 0 ? status : null,
                line.Text("api_error") == "connection_failed" ? $"connection failed: {said}" : said.Length > 0 ? said : line.Text("subtype") ?? "it failed without a word"),
            var reason => new(FailureClass.Agent, CliFailures.Short($"{reason.Replace('_', ' ')}: {said}")),
        };
    }
}
