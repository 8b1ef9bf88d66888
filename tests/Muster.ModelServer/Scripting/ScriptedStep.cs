using System.Collections.Immutable;

namespace Muster.Loopback.Scripting;

/// <summary>One answer of the model, and what goes wrong with it.</summary>
internal sealed record ScriptedStep
{
    public static ScriptedStep Say(string text) => new() { Text = text };

    /// <summary>Calls made at once.</summary>
    public ImmutableArray<ScriptedTool> Tools { get; init; } = [];

    /// <summary>Content for the task's own file, written with whatever tool for writing is offered.</summary>
    public string? Write { get; init; }

    /// <summary>Files of the worktree by path, written with whatever tool for writing is offered.</summary>
    public ImmutableArray<(string Path, string Content)> Files { get; init; } = [];

    /// <summary>The same beside the task's own file: what a role of a build proposes.</summary>
    public ImmutableArray<(string Path, string Content)> AttemptFiles { get; init; } = [];

    public string? Text { get; init; }

    public string? Thinking { get; init; }

    /// <summary>One a try; when they are used up the step succeeds.</summary>
    public ImmutableArray<StepFault> Errors { get; init; } = [];

    /// <summary>On every try.</summary>
    public StepFault Fault { get; init; } = StepFault.None;

    public TimeSpan Delay { get; init; }

    /// <summary>Counts instead of those that are measured.</summary>
    public TokenUse? Usage { get; init; }

    /// <summary>Why the model stopped, in Anthropic's words; null: end_turn or tool_use.</summary>
    public string? Stop { get; init; }

    public ImmutableDictionary<string, string> Headers { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>How the request ends in a message batch: succeeded, errored, expired, canceled.</summary>
    public string Batch { get; init; } = "succeeded";

    /// <summary>This step with what <paramref name="other"/> says beside its answer.</summary>
    public ScriptedStep WithConditionsOf(ScriptedStep other) => this with
    {
        Errors = other.Errors,
        Fault = other.Fault,
        Delay = other.Delay,
        Usage = other.Usage ?? Usage,
        Stop = other.Stop ?? Stop,
        Headers = other.Headers,
        Batch = other.Batch,
    };
}
