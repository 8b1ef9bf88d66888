using System.Collections.Immutable;
using Muster.Plans;
using Muster.Runs;

namespace Muster.Agents.Scripted;

/// <summary>What the tasks that match do.</summary>
/// <param name="Pattern">Over task ids (<c>sec-*</c>) and step keys (<c>synthesis/security/*</c>, <c>build/auth/2</c>); null: any.</param>
/// <param name="Role">The role that it is for; null: any.</param>
/// <param name="Steps">At least one: the first attempt's, the second's, …</param>
public sealed record ScriptRule(Glob? Pattern, Role? Role, ImmutableArray<ScriptStep> Steps)
{
    /// <summary>Whether a task is one of those.</summary>
    public bool Matches(AgentTask task) =>
        (Role is null || Role == task.Role) && (Pattern is null || Pattern.IsMatch(task.Step) || Pattern.IsMatch(task.TaskId));
}
