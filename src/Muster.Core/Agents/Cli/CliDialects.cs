using System.Collections.Immutable;

namespace Muster.Agents.Cli;

/// <summary>The agent CLIs that are known.</summary>
internal static class CliDialects
{
    /// <summary>All of them.</summary>
    public static ImmutableArray<ICliDialect> All { get; } = [new ClaudeDialect(), new CodexDialect(), new OpenCodeDialect(), new GeminiDialect()];
}
