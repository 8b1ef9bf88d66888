using System.Collections.Immutable;

namespace Muster.Agents.Scripted;

/// <summary>What the agent <c>scripted</c> does for each task, attempt by attempt.</summary>
/// <param name="Rules">The first that matches the step's key, the task's id or its role counts.</param>
public sealed record Script(ImmutableArray<ScriptRule> Rules)
{
    /// <summary>Every task succeeds at once.</summary>
    public static Script Empty { get; } = new([]);

    /// <summary>What is done in an attempt; the last step of a rule stands for all later attempts.</summary>
    public ScriptStep StepFor(AgentTask task)
    {
        foreach (var rule in Rules)
        {
            if (rule.Matches(task))
            {
                return rule.Steps[Math.Min(task.Attempt, rule.Steps.Length) - 1];
            }
        }

        return ScriptStep.Default;
    }
}
