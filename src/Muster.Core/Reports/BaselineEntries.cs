using Muster.Artefacts;

namespace Muster.Reports;

/// <summary>What <c>--write-baseline</c> keeps of a report.</summary>
public static class BaselineEntries
{
    /// <summary>The listed findings that count and those that the baseline already had; ungrounded and inline suppressed ones stay out.</summary>
    public static IEnumerable<BaselineEntry> Of(RunReport report) =>
        report.Findings.Listed
            .Concat(report.Suppressed.Listed.Where(f => f.Standing is FindingStanding.Baselined))
            .Select(f => new BaselineEntry(f.Fingerprint, f.Finding.Rule, f.Finding.Path, f.Finding.Message));
}
