using System.Globalization;
using System.Text.RegularExpressions;

namespace Muster.Agents.Scripted;

/// <summary>Fills in what a script leaves open, so that one rule serves many tasks.</summary>
internal static partial class ScriptedText
{
    /// <summary>Replaces <c>{step}</c>, <c>{task}</c>, <c>{attempt}</c> and <c>{module}</c>, the second part of a step's key, in one pass.</summary>
    public static string Fill(string text, AgentTask task) => Pattern().Replace(text, match => match.Value switch
    {
        "{step}" => task.Step,
        "{task}" => task.TaskId,
        "{attempt}" => task.Attempt.ToString(CultureInfo.InvariantCulture),
        _ => task.Step.Split('/') is [_, var module, ..] ? module : task.TaskId,
    });

    [GeneratedRegex(@"\{(?:step|task|attempt|module)\}", RegexOptions.NonBacktracking)]
    private static partial Regex Pattern();
}
