using Muster.Runs;

namespace Muster.Diagnosis;

/// <summary>What came of one small real attempt through an agent.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Model">The model's own name; null for an agent that uses none.</param>
/// <param name="IsGood">Whether a verified file came back.</param>
/// <param name="Said">Its return line where it is good, else why it is not.</param>
/// <param name="Spent">What it took.</param>
/// <param name="Took">How long.</param>
/// <param name="Directory">The run's directory, kept to be looked at, where it failed; null where it was removed.</param>
public sealed record ProbeResult(string Agent, string? Model, bool IsGood, string Said, Spending Spent, TimeSpan Took, string? Directory);
