using Muster.Runs;

namespace Muster.Reports;

/// <summary>One domain's line in a report.</summary>
/// <param name="Id">The domain's id.</param>
/// <param name="Title">What people call it.</param>
/// <param name="Census">The count of its workers.</param>
/// <param name="Findings">The count of its findings; one that several domains report counts in the first.</param>
public sealed record DomainReport(string Id, string Title, Census Census, FindingCounts Findings);
