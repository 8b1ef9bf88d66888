using System.Collections.Immutable;

namespace Muster.Contracts;

/// <summary>What modules.json says, and where it says it.</summary>
/// <param name="Project">The project's name.</param>
/// <param name="Modules">Those whose names are good, each name once, in the file's order.</param>
/// <param name="BuildOrder">As written.</param>
/// <param name="AssemblyOrder">As written.</param>
/// <param name="IntegrationTestCommand">Empty where there is none.</param>
internal sealed record ModulesFile(
    string Project,
    ImmutableArray<PlacedModule> Modules,
    ImmutableArray<string> BuildOrder,
    ImmutableArray<string> AssemblyOrder,
    ImmutableArray<string> IntegrationTestCommand);
