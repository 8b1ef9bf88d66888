namespace Muster.Reports;

/// <summary>A sentence about one task: a worker's note, or why a task is a gap.</summary>
/// <param name="TaskId">The task's id; a synthesis as <c>synthesis/ID</c>.</param>
/// <param name="Text">Untrusted.</param>
public sealed record ReportedLine(string TaskId, string Text);
