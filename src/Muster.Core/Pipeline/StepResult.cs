using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Muster.Contracts;

namespace Muster.Pipeline;

/// <summary>What came of a build's step, as the journal keeps it and the workflow reads it.</summary>
[JsonDerivedType(typeof(Contracts), "contracts")]
[JsonDerivedType(typeof(Moved), "moved")]
[JsonDerivedType(typeof(Built), "built")]
[JsonDerivedType(typeof(Checked), "checked")]
[JsonDerivedType(typeof(Examined), "examined")]
[JsonDerivedType(typeof(Proposed), "proposed")]
[JsonDerivedType(typeof(Merged), "merged")]
[JsonDerivedType(typeof(Probed), "probed")]
[JsonDerivedType(typeof(Hardened), "hardened")]
[JsonDerivedType(typeof(Landed), "landed")]
public abstract record StepResult
{
    private StepResult()
    {
    }

    /// <summary>Contracts stand in the integration branch: those of the architect, or changed ones.</summary>
    /// <param name="Commit">Head of the integration branch with them.</param>
    /// <param name="Blueprint">What they say.</param>
    public sealed record Contracts(string Commit, Blueprint Blueprint) : StepResult;

    /// <summary>The integration branch has moved.</summary>
    /// <param name="Commit">Its head.</param>
    public sealed record Moved(string Commit) : StepResult;

    /// <summary>A builder has ended.</summary>
    /// <param name="Conflict">What it says about a conflict with a contract; null where it built what it was asked.</param>
    public sealed record Built(string? Conflict) : StepResult;

    /// <summary>Code has looked at a builder's branch.</summary>
    /// <param name="Commit">Its head.</param>
    /// <param name="Violations">Rules that its difference breaks, a sentence each.</param>
    /// <param name="Test">What the test command came to; null where there is none, or rules are broken.</param>
    public sealed record Checked(string Commit, ImmutableArray<string> Violations, TestResult? Test) : StepResult
    {
        /// <summary>What lies in the module's paths and git ignores, so that the test saw it and no commit has it.</summary>
        public ImmutableArray<string> Ignored { get; init => field = value.IsDefault ? [] : value; } = [];
    }

    /// <summary>A module has been read: the worst finding whose place exists decides.</summary>
    /// <param name="Verdict">Whether it may be merged.</param>
    /// <param name="Findings">The findings, a line each.</param>
    /// <param name="Minor">How many of them are minor.</param>
    public sealed record Examined(QcVerdict Verdict, string Findings, int Minor) : StepResult;

    /// <summary>A judge proposes what a conflict should come to.</summary>
    /// <param name="Flexes">Whether contracts should change; else the builder adapts.</param>
    /// <param name="Sha256">Hash of the whole proposal: what a person approves.</param>
    /// <param name="Says">A sentence.</param>
    public sealed record Proposed(bool Flexes, string Sha256, string Says) : StepResult;

    /// <summary>A branch was merged into the integration branch, or was not.</summary>
    /// <param name="Commit">The integration branch's head: with the module, or as before.</param>
    /// <param name="Trouble">What was in the way, with the evidence; null where it is merged and the tests pass.</param>
    public sealed record Merged(string Commit, string? Trouble) : StepResult;

    /// <summary>Git has foreseen which finished branches would not merge with each other.</summary>
    /// <param name="Conflicts">A sentence each.</param>
    public sealed record Probed(ImmutableArray<string> Conflicts) : StepResult;

    /// <summary>What is assembled was audited.</summary>
    /// <param name="RunId">The audit's run, beneath the build's.</param>
    /// <param name="Outcome">How it ended.</param>
    /// <param name="Critical">Findings.</param>
    /// <param name="Major">Findings.</param>
    /// <param name="Minor">Findings.</param>
    public sealed record Hardened(string RunId, string Outcome, int Critical, int Major, int Minor) : StepResult;

    /// <summary>What was built is shipped, or cannot be.</summary>
    /// <param name="Commit">Where the base branch stands, or is to stand.</param>
    /// <param name="Command">What the person does themselves, since the branch is checked out somewhere; null where it was moved.</param>
    /// <param name="BaseMovedTo">Where the base branch stands now, so that nothing was shipped; null where it is where it was.</param>
    public sealed record Landed(string Commit, string? Command, string? BaseMovedTo) : StepResult;

    /// <summary>As the journal keeps it.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, StepResultShapes.Default.StepResult);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    public static StepResult Parse(string json) => JsonSerializer.Deserialize(json, StepResultShapes.Default.StepResult)!;
}
