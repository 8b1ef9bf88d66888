using System.Collections.Immutable;

namespace Muster.Contracts;

/// <summary>A module and where modules.json says it.</summary>
/// <param name="Module">The module.</param>
/// <param name="Name">Where its name stands.</param>
/// <param name="DependsOn">Where each dependency stands, in the module's order.</param>
/// <param name="Paths">Where each path stands, in the module's order.</param>
internal sealed record PlacedModule(Module Module, JsonPart Name, ImmutableArray<JsonPart> DependsOn, ImmutableArray<JsonPart> Paths);
