using Muster.Artefacts;
using Muster.Reports;
using Muster.Runs;

namespace Muster.Cli;

/// <summary>What the process returns; the same in every command.</summary>
internal static class ExitCode
{
    public const int Complete = 0, Failed = 1, Usage = 2, Gaps = 3, AwaitingHuman = 4, Paused = 5, Findings = 6, Bug = 70, Cancelled = 130;

    /// <summary>The code of a run; where several hold: 130, 4, 5, 1, 6, 3.</summary>
    public static int Of(RunStatus status, bool wasStopped, bool hasFindings) => status switch
    {
        RunStatus.Cancelled => Cancelled,
        RunStatus.Running when wasStopped => Cancelled,
        RunStatus.AwaitingHuman => AwaitingHuman,
        RunStatus.Paused => Paused,
        RunStatus.Failed => Failed,
        _ when hasFindings => Findings,
        RunStatus.CompleteWithGaps => Gaps,
        RunStatus.Running => Paused,
        _ => Complete,
    };

    /// <summary>Whether a report has a finding at or above a severity, or may have: a file that cannot be read opens no gate.</summary>
    public static bool Reaches(RunReport report, Severity? failOn) => failOn switch
    {
        not null when report.Broken.Count > 0 => true,
        Severity.Critical => report.Counts.Critical > 0,
        Severity.Major => report.Counts.Critical + report.Counts.Major > 0,
        Severity.Minor => report.Counts.Total > 0,
        _ => false,
    };
}
