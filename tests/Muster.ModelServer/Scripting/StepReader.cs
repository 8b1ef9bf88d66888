using System.Collections.Immutable;
using System.Text.Json;

namespace Muster.Loopback.Scripting;

/// <summary>Reads steps and faults from JSON. A word that it does not know is an error: a fault that never happens would prove nothing.</summary>
internal static class StepReader
{
    public static ImmutableArray<ScriptedStep> ReadAll(JsonElement steps) =>
        steps.ValueKind is JsonValueKind.Array ? [.. steps.EnumerateArray().Select(Read)] : throw new ScriptFormatException("steps are a list");

    public static ScriptedStep Read(JsonElement element)
    {
        var step = new ScriptedStep();
        foreach (var property in Object(element, "a step").EnumerateObject())
        {
            step = With(step, property.Name, property.Value)
                ?? throw new ScriptFormatException($"a step has no '{property.Name}'");
        }

        if (element.TryGetProperty("tool", out var tool))
        {
            step = step with { Tools = step.Tools.Insert(0, new(Text(tool), Input(element))) };
        }

        return step;
    }

    /// <summary>The step with one more property; null for a property that steps do not have.</summary>
    public static ScriptedStep? With(ScriptedStep step, string name, JsonElement value) => name switch
    {
        "tool" or "input" => step,
        "tools" => step with { Tools = [.. value.EnumerateArray().Select(t => new ScriptedTool(Text(t.GetProperty("tool")), Input(t)))] },
        "write" => step with { Write = Text(value) },
        "files" => step with { Files = Files(value) },
        "attempt_files" => step with { AttemptFiles = Files(value) },
        "text" => step with { Text = Text(value) },
        "thinking" => step with { Thinking = Text(value) },
        "errors" => step with { Errors = [.. value.EnumerateArray().Select(Fault)] },
        "fault" => step with { Fault = Fault(value) },
        "delay_ms" => step with { Delay = Milliseconds(value) },
        "usage" => step with { Usage = Usage(value) },
        "stop" => step with { Stop = Text(value) },
        "headers" => step with { Headers = Headers(value) },
        "batch" => step with { Batch = Batch(value) },
        "silent_ms" => step with { Fault = new() { Stream = StreamFault.Silent, Silence = Milliseconds(value) } },
        "sse_error" => step with { Fault = value.ValueKind is JsonValueKind.Object ? ErrorEvent(value) : Named(name, value, step.Fault) },
        "hang" or "hang_in_stream" or "cut" or "cut_in_character" or "truncated" or "empty" or "drop" =>
            step with { Fault = Named(name, value, step.Fault) },
        _ => null,
    };

    public static StepFault Fault(JsonElement element)
    {
        if (element.ValueKind is JsonValueKind.String)
        {
            var name = element.GetString()!;
            return NamedFaults.Find(name)
                ?? throw new ScriptFormatException($"there is no fault '{name}'; the names are {string.Join(", ", NamedFaults.Names)}");
        }

        var fault = StepFault.None;
        foreach (var property in Object(element, "a fault").EnumerateObject())
        {
            fault = property.Name switch
            {
                "status" => fault with { Status = property.Value.GetInt32() },
                "headers" => fault with { Headers = Headers(property.Value) },
                "type" => fault with { Type = Text(property.Value) },
                "code" => fault with { Code = Text(property.Value) },
                "message" => fault with { Message = Text(property.Value) },
                _ => With(ScriptedStep.Say(string.Empty), property.Name, property.Value)?.Fault is { Stream: not StreamFault.None } stream
                    ? stream
                    : throw new ScriptFormatException($"a fault has no '{property.Name}'"),
            };
        }

        return fault;
    }

    private static StepFault Named(string name, JsonElement value, StepFault otherwise) => value.ValueKind switch
    {
        JsonValueKind.True => NamedFaults.Find(name)!,
        JsonValueKind.False => otherwise,
        _ => throw new ScriptFormatException($"'{name}' is true or false"),
    };

    private static StepFault ErrorEvent(JsonElement value) =>
        NamedFaults.Find("sse_error")! with { Type = Text(value.GetProperty("type")), Message = Text(value.GetProperty("message")) };

    private static TokenUse Usage(JsonElement value)
    {
        long Of(string name) => value.TryGetProperty(name, out var count) ? count.GetInt64() : 0;
        return new(
            Of("input") + Of("input_tokens"), Of("output") + Of("output_tokens"),
            Of("cache_read") + Of("cache_read_input_tokens"), Of("cache_write") + Of("cache_creation_input_tokens"));
    }

    private static ImmutableDictionary<string, string> Headers(JsonElement value) => Object(value, "headers").EnumerateObject()
        .ToImmutableDictionary(h => h.Name, h => h.Value.ValueKind is JsonValueKind.String ? h.Value.GetString()! : h.Value.GetRawText());

    private static ImmutableArray<(string Path, string Content)> Files(JsonElement value) =>
        [.. Object(value, "files").EnumerateObject().Select(file => (file.Name, Text(file.Value)))];

    private static string Batch(JsonElement value) => Text(value) is "succeeded" or "errored" or "expired" or "canceled"
        ? Text(value)
        : throw new ScriptFormatException("'batch' is succeeded, errored, expired or canceled");

    private static string Input(JsonElement of) => of.TryGetProperty("input", out var input) ? Object(input, "a tool's input").GetRawText() : "{}";

    private static TimeSpan Milliseconds(JsonElement value) => TimeSpan.FromMilliseconds(value.GetDouble());

    private static string Text(JsonElement value) =>
        value.ValueKind is JsonValueKind.String ? value.GetString()! : throw new ScriptFormatException($"'{value.GetRawText()}' stands where a text should");

    private static JsonElement Object(JsonElement value, string what) =>
        value.ValueKind is JsonValueKind.Object ? value : throw new ScriptFormatException($"{what} is an object, not {value.ValueKind}");
}
