using System.Collections.Immutable;
using Muster.Artefacts;
using Muster.Plans;
using Muster.Runs;

namespace Muster.Reports;

/// <summary>What a report is built with.</summary>
public sealed record ReportOptions
{
    /// <summary>The task of a worker's step, for its scope where findings must be checked now; null: the whole tree is in scope.</summary>
    public Func<int, TaskSpec>? Tasks { get; init; }

    /// <summary>Known findings; null when there is no baseline.</summary>
    public Baseline? Baseline { get; init; }

    /// <summary>Whether a verified worker's file can hold findings or notes and must be read; null: every one is.</summary>
    public Func<int, bool>? MayHaveFindings { get; init; }

    /// <summary>Where the run stands; null: what the state says, or will say when every step is final.</summary>
    public RunStatus? Status { get; init; }

    /// <summary>Tokens of summary.md, when the state does not say so yet.</summary>
    public int? ParentTokens { get; init; }

    /// <summary>Sentences that must be told, such as that the tree has moved.</summary>
    public ImmutableArray<string> Remarks { get; init; } = [];

    /// <summary>Most findings listed of each standing; all are counted.</summary>
    public int MostFindings { get; init; } = 10_000;

    /// <summary>Most notes, gaps and broken files listed; all are counted.</summary>
    public int MostNotes { get; init; } = 1_000;
}
