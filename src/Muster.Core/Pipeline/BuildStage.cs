using System.Collections.Immutable;
using Muster.Runs;

namespace Muster.Pipeline;

/// <summary>The stages of a build, in order; each is what a domain is to an audit.</summary>
public static class BuildStage
{
    /// <summary>Contracts are proposed, and a person approves them.</summary>
    public const string Architect = "architect";

    /// <summary>Training data is written from them.</summary>
    public const string Bootstrap = "bootstrap";

    /// <summary>The skeleton is laid.</summary>
    public const string Scaffold = "scaffold";

    /// <summary>Each module is built, checked and examined.</summary>
    public const string Build = "build";

    /// <summary>Modules are merged, one at a time.</summary>
    public const string Assemble = "assemble";

    /// <summary>What is assembled is audited.</summary>
    public const string Harden = "harden";

    /// <summary>The release is prepared, a person approves it, the base branch is moved.</summary>
    public const string Ship = "ship";

    /// <summary>Memory is brought in order.</summary>
    public const string Curate = "curate";

    /// <summary>The gate that every build has after its architecture.</summary>
    public const string ArchitectureGate = "architecture";

    /// <summary>The gate that every build has before it ships.</summary>
    public const string ShipGate = "ship";

    /// <summary>All stages, as a run's header has them.</summary>
    public static ImmutableArray<DomainTitle> All { get; } =
    [
        new(Architect, "Architecture"), new(Bootstrap, "Training data"), new(Scaffold, "Scaffold"), new(Build, "Modules"),
        new(Assemble, "Assembly"), new(Harden, "Hardening"), new(Ship, "Shipping"), new(Curate, "Memory"),
    ];

    /// <summary>Stages after which a person may ask for a gate of their own.</summary>
    public static ImmutableArray<string> MayHaveGate { get; } = [Scaffold, Build, Assemble, Harden];
}
