using System.Collections.Immutable;
using Muster.Runs;

namespace Muster.Reports;

/// <summary>Everything that the reports of a run tell. Texts are as agents wrote them: each writer cleans, masks and escapes them.</summary>
public sealed record RunReport
{
    /// <summary>Id of the run.</summary>
    public required string RunId { get; init; }

    /// <summary>The plan's goal.</summary>
    public required string Goal { get; init; }

    /// <summary>Names the tree as it was when the run was planned; null outside git.</summary>
    public string? Tree { get; init; }

    /// <summary>Agents that carried tasks out.</summary>
    public ImmutableArray<string> Agents { get; init; } = [];

    /// <summary>Where the run stands.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>The same in words: "Complete", "Complete with gaps", "Failed", "Not finished", "Cancelled", "Paused".</summary>
    public required string Outcome { get; init; }

    /// <summary>When the run was planned, UTC.</summary>
    public DateTimeOffset PlannedAt { get; init; }

    /// <summary>When its last event happened, UTC.</summary>
    public DateTimeOffset LastAt { get; init; }

    /// <summary>Time with an engine running.</summary>
    public TimeSpan Wall { get; init; }

    /// <summary>The count of workers.</summary>
    public Census Census { get; init; }

    /// <summary>The count of coordinators.</summary>
    public Census Coordinators { get; init; }

    /// <summary>The domains, in the plan's order.</summary>
    public ImmutableArray<DomainReport> Domains { get; init; } = [];

    /// <summary>The exact count of findings, each once.</summary>
    public FindingCounts Counts { get; init; }

    /// <summary>Findings that count, worst first.</summary>
    public required CappedList<ReportedFinding> Findings { get; init; }

    /// <summary>Findings whose evidence does not exist.</summary>
    public required CappedList<ReportedFinding> Ungrounded { get; init; }

    /// <summary>Findings that a comment or the baseline keeps out.</summary>
    public required CappedList<ReportedFinding> Suppressed { get; init; }

    /// <summary>What workers wrote beside their findings.</summary>
    public required CappedList<ReportedLine> Notes { get; init; }

    /// <summary>Tasks and syntheses that failed, were skipped or are still open, with the reason.</summary>
    public required CappedList<ReportedLine> Gaps { get; init; }

    /// <summary>Verified workers whose published file is gone or is not what was sealed: their findings are missing here.</summary>
    public required CappedList<ReportedLine> Broken { get; init; }

    /// <summary>Attempts, coordinators included.</summary>
    public int Attempts { get; init; }

    /// <summary>What they took; null where nothing took tokens or cost anything.</summary>
    public CostReport? Cost { get; init; }

    /// <summary>Tokens of summary.md; null when it is not written yet.</summary>
    public int? ParentTokens { get; init; }

    /// <summary>About how many tokens all published worker files have: what a flat fan-out would have returned.</summary>
    public long FlatTokens { get; init; }

    /// <summary>Sentences that must be told.</summary>
    public ImmutableArray<string> Remarks { get; init; } = [];
}
