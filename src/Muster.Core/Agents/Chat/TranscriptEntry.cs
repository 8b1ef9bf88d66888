using Microsoft.Extensions.AI;
using Muster.Models;
using Muster.Runs;

namespace Muster.Agents.Chat;

/// <summary>One line of a transcript.</summary>
internal sealed record TranscriptEntry
{
    /// <summary>begin, response, results, remark, broken or end.</summary>
    public required string Kind { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>begin: the model that is asked.</summary>
    public string? Model { get; init; }

    /// <summary>begin: hash of the prompt, lower-case hexadecimal.</summary>
    public string? PromptSha256 { get; init; }

    /// <summary>begin: how many of its first characters the prompts of other tasks share.</summary>
    public int? SharedLength { get; init; }

    /// <summary>response, results, remark: what was said. broken: what there was of it.</summary>
    public ChatMessage? Message { get; init; }

    /// <summary>response: why it ended.</summary>
    public ChatStop? Stop { get; init; }

    /// <summary>response: the provider's words on that.</summary>
    public string? StopDetail { get; init; }

    /// <summary>response, broken: what it took; null when the provider told nothing.</summary>
    public ModelTokens? Tokens { get; init; }

    /// <summary>response: what it cost; null when nobody knows.</summary>
    public decimal? Usd { get; init; }

    /// <summary>broken, end: what went wrong.</summary>
    public string? Reason { get; init; }

    /// <summary>end: its class, where the attempt failed.</summary>
    public FailureClass? Class { get; init; }

    /// <summary>end: what the agent says to its parent.</summary>
    public string? ReturnLine { get; init; }

    /// <summary>end: calls of the task's tools.</summary>
    public int? ToolCalls { get; init; }

    /// <summary>end: something odd; null when nothing was.</summary>
    public string? Warning { get; init; }
}
