using System.Collections.Immutable;

namespace Muster.Models;

/// <summary>What is known beforehand of an agent that uses models.</summary>
/// <param name="Program">The command that it is; null for a chat interface.</param>
/// <param name="KeyVariable">The variable that its key is usually in.</param>
/// <param name="Tiers">Its models by tier.</param>
/// <param name="TellsAtItsEnd">Whether what an attempt took is known when it ends, and not after each answer of its model.</param>
/// <param name="Get">How a person gets it; null for a chat interface.</param>
public sealed record KnownAgent(string? Program, string? KeyVariable, ImmutableDictionary<string, string> Tiers, bool TellsAtItsEnd = false, string? Get = null);
