using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Muster.Loopback.Scripting;

/// <summary>Faults that scripts name in a word: those of the providers that a bare status does not say.</summary>
public static class NamedFaults
{
    private static readonly FrozenDictionary<string, StepFault> All = new Dictionary<string, StepFault>(StringComparer.Ordinal)
    {
        ["rate_limit"] = new() { Status = 429, Headers = ImmutableDictionary<string, string>.Empty.Add("retry-after", "1") },
        ["rate_limit_without_retry_after"] = new() { Status = 429 },
        ["spend_limit"] = new()
        {
            Status = 429,
            Code = "enforced_spend_limit_reached",
            Message = "This request would exceed your organization's monthly spend limit (enforced_spend_limit_reached).",
        },
        ["own_spend_limit"] = new()
        {
            Status = 400,
            Message = "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.",
        },
        ["credit_balance"] = new()
        {
            Status = 400,
            Message = "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.",
        },
        ["insufficient_quota"] = new()
        {
            Status = 429,
            Type = "insufficient_quota",
            Code = "insufficient_quota",
            Message = "You exceeded your current quota, please check your plan and billing details.",
        },
        ["payment_required"] = new() { Status = 402 },
        ["overloaded"] = new() { Status = 529 },
        ["prompt_too_long"] = new() { Status = 400, Code = "context_length_exceeded", Message = "prompt is too long: 1000001 tokens > 1000000 maximum" },
        ["cut"] = new() { Stream = StreamFault.Cut },
        ["cut_in_character"] = new() { Stream = StreamFault.CutInCharacter },
        ["truncated"] = new() { Stream = StreamFault.Truncated },
        ["empty"] = new() { Stream = StreamFault.Empty },
        ["sse_error"] = new() { Stream = StreamFault.ErrorEvent, Status = 0, Type = "overloaded_error", Message = "Overloaded" },
        ["hang"] = new() { Stream = StreamFault.Hang },
        ["hang_in_stream"] = new() { Stream = StreamFault.HangInStream },
        ["drop"] = new() { Stream = StreamFault.Drop },
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The names that there are.</summary>
    public static ImmutableArray<string> Names => [.. All.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The fault of a name; null when there is none.</summary>
    public static StepFault? Find(string name) => All.GetValueOrDefault(name);
}
