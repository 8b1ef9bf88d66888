using System.Collections.Immutable;

namespace Muster.Agents.Cli;

/// <summary>How a CLI is started. The prompt is always its standard input.</summary>
internal sealed record CliLaunch
{
    /// <summary>Its arguments, without the program.</summary>
    public required ImmutableArray<string> Arguments { get; init; }

    /// <summary>Variables of its own, beside those that every CLI gets.</summary>
    public ImmutableArray<(string Name, string Value)> Variables { get; init; } = [];

    /// <summary>The variable in which it expects its key; null when it gets none.</summary>
    public string? KeyVariable { get; init; }

    /// <summary>Files of configuration that it needs, by path in its home.</summary>
    public ImmutableArray<(string Path, string Content)> Files { get; init; } = [];

    /// <summary>Files of a person's login that a sandbox shows in its home: where they are, and where it looks for them.</summary>
    public ImmutableArray<(string From, string Path)> Login { get; init; } = [];

    /// <summary>Files that a sandbox shows as empty, where they are.</summary>
    public ImmutableArray<string> Hidden { get; init; } = [];

    /// <summary>Where it works; null: in the tree.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>What it must be told beyond its prompt; empty when nothing.</summary>
    public string Remark { get; init; } = string.Empty;
}
