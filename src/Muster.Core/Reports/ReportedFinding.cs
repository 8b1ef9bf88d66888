using System.Collections.Immutable;
using Muster.Artefacts;

namespace Muster.Reports;

/// <summary>A finding as reports show it: once, however many workers made it.</summary>
/// <param name="Finding">Severity, place and message, as the worker wrote them.</param>
/// <param name="Evidence">What the engine saw there.</param>
/// <param name="Standing">Whether it counts.</param>
/// <param name="Fingerprint">Names it over runs.</param>
/// <param name="Domain">Index of the domain that reported it first.</param>
/// <param name="TaskIds">The tasks that reported it, at most 20 of them.</param>
/// <param name="TaskCount">How many tasks did.</param>
public sealed record ReportedFinding(
    Finding Finding, Evidence Evidence, FindingStanding Standing, string Fingerprint, int Domain, ImmutableArray<string> TaskIds, int TaskCount)
{
    /// <summary>The order of reports: worst first, then by path, line and rule.</summary>
    public static int Compare(ReportedFinding one, ReportedFinding other)
    {
        var order = other.Finding.Severity.CompareTo(one.Finding.Severity);
        order = order != 0 ? order : string.CompareOrdinal(one.Finding.Path, other.Finding.Path);
        order = order != 0 ? order : (one.Finding.Line ?? 0).CompareTo(other.Finding.Line ?? 0);
        order = order != 0 ? order : string.CompareOrdinal(one.Finding.Rule, other.Finding.Rule);
        return order != 0 ? order : string.CompareOrdinal(one.Fingerprint, other.Fingerprint);
    }
}
