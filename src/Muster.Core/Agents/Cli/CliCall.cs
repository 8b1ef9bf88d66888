using System.Collections.Immutable;

namespace Muster.Agents.Cli;

/// <summary>One start of a CLI for an attempt: the first, or one that goes on with its session.</summary>
internal sealed record CliCall
{
    /// <summary>The attempt.</summary>
    public required AgentTask Task { get; init; }

    /// <summary>The model's own name.</summary>
    public required string Model { get; init; }

    /// <summary>Tokens that the model writes in one answer at most; null: nobody knows, and the CLI has its own guess.</summary>
    public int? MaxOutput { get; init; }

    /// <summary>Tokens that the model's context holds; null: nobody knows.</summary>
    public int? ContextWindow { get; init; }

    /// <summary>The variable that holds its key; null where it needs none, or uses the person's own login.</summary>
    public required string? KeyVariable { get; init; }

    /// <summary>Another address of its provider; null: the usual.</summary>
    public required Uri? BaseUrl { get; init; }

    /// <summary>Whether the person's own login and directories are used instead of a key.</summary>
    public required bool UsesOwnLogin { get; init; }

    /// <summary>The session to go on with; null for a new one.</summary>
    public string? Session { get; init; }

    /// <summary>An empty directory of this attempt, which stands for the person's home.</summary>
    public string Home => Path.Combine(Task.Directory, "home");

    /// <summary>An empty directory of this attempt for what is temporary.</summary>
    public string Temporary => Path.Combine(Task.Directory, "tmp");

    /// <summary>Where a CLI that may not write files puts its last message.</summary>
    public string LastMessage => Path.Combine(Task.Directory, "last-message.md");

    /// <summary>Names of the tools that it may have: the task's, and Write, for its one file. A coordinator reads and writes.</summary>
    public ImmutableArray<string> Tools => [.. (Task.Spec?.Tools ?? ["Read"]).Append("Write").Distinct()];

    /// <summary>Whether it may write anything but its file.</summary>
    public bool WritesMore => Proposals.OrWorkspaceOf(Task);

    /// <summary>Whether it may run commands.</summary>
    public bool MayRunCommands => Tools.Contains("Bash");
}
