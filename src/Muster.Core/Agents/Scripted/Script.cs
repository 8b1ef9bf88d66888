using System.Collections.Immutable;

namespace Muster.Agents.Scripted;

/// <summary>What the agent <c>scripted</c> does for each task, attempt by attempt.</summary>
/// <param name="Rules">The first whose pattern matches the step's key or the task's id counts.</param>
public sealed record Script(ImmutableArray<ScriptRule> Rules)
{
    /// <summary>Every task succeeds at once.</summary>
    public static Script Empty { get; } = new([]);

    /// <summary>What is done in an attempt; the last step of a rule stands for all later attempts.</summary>
    public ScriptStep StepFor(string key, string taskId, int attempt)
    {
        foreach (var rule in Rules)
        {
            if (rule.Pattern.IsMatch(key) || rule.Pattern.IsMatch(taskId))
            {
                return rule.Steps[Math.Min(attempt, rule.Steps.Length) - 1];
            }
        }

        return ScriptStep.Default;
    }
}
