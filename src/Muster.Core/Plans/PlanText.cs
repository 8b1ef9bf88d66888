namespace Muster.Plans;

/// <summary>A text of a plan and where it stands.</summary>
/// <param name="Value">As it was written, quotes taken off.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
public readonly record struct PlanText(string Value, int Line, int Column);
