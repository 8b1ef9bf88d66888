using System.Collections.Immutable;

namespace Muster.Agents.Scripted;

/// <summary>What a scripted agent changes on the disk beside its output, in this order.</summary>
public sealed record ScriptedChanges
{
    /// <summary>Nothing.</summary>
    public static ScriptedChanges None { get; } = new();

    /// <summary>Files, directories and links that it deletes in its workspace.</summary>
    public ImmutableArray<string> Delete { get; init; } = [];

    /// <summary>Symbolic links that it makes in its workspace, each with what it leads to.</summary>
    public ImmutableArray<(string Name, string Target)> Links { get; init; } = [];

    /// <summary>Files that it writes in its workspace.</summary>
    public ImmutableArray<(string Path, string Text)> Files { get; init; } = [];

    /// <summary>Files that it writes in its attempt's directory: what it proposes.</summary>
    public ImmutableArray<(string Path, string Text)> AttemptFiles { get; init; } = [];

    /// <summary>Whether its paths may lead out of these directories, and through links.</summary>
    public bool IsHostile { get; init; }

    /// <summary>Whether it needs a workspace.</summary>
    public bool NeedWorkspace => !Delete.IsEmpty || !Links.IsEmpty || !Files.IsEmpty;
}
