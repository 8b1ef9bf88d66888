using System.Collections.Immutable;

namespace Muster.Models;

/// <summary>What is known beforehand of an agent that uses models.</summary>
/// <param name="Program">The command that it is; null for a chat interface.</param>
/// <param name="KeyVariable">The variable that its key is usually in.</param>
/// <param name="Tiers">Its models by tier.</param>
public sealed record KnownAgent(string? Program, string? KeyVariable, ImmutableDictionary<string, string> Tiers);
