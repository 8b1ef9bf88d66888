using System.Text;
using Muster.Plans;

namespace Muster.Planning;

/// <summary>Writes a plan that was proposed as a file: of what a model wrote, only what was read and reviewed, in our own words of YAML.</summary>
public static class PlanWriter
{
    private const int TaskIndent = 10;

    /// <summary>The file's text.</summary>
    /// <param name="plan">Without items.</param>
    /// <param name="comment">Its first line.</param>
    /// <param name="root">The tree, as the file should name it.</param>
    /// <param name="agent">Who works on all of its tasks.</param>
    public static string Write(Plan plan, string comment, string root, string agent)
    {
        var text = new StringBuilder($"# {YamlText.Line(comment)}\ngoal: {YamlText.Scalar(YamlText.Line(plan.Goal))}\nroot: {YamlText.Scalar(root)}\nagent: {YamlText.Scalar(agent)}\ndomains:\n");
        foreach (var domain in plan.Domains)
        {
            text.Append($"  - id: {YamlText.Scalar(domain.Id)}\n    title: {YamlText.Scalar(YamlText.Line(domain.Title))}\n    tasks:\n");
            foreach (var task in domain.Tasks.Select(t => t.Template))
            {
                text.Append($"      - id: {YamlText.Scalar(task.Id)}\n        name: {YamlText.Scalar(YamlText.Line(task.Name))}\n");
                text.Append($"        task: {YamlText.Block(task.Task, TaskIndent)}\n");
                text.Append(task.Scope.IsEmpty ? string.Empty : $"        scope: {YamlText.List(task.Scope)}\n");
                text.Append($"        model: {YamlText.Scalar(task.Model)}\n        tools: {YamlText.List(task.Tools)}\n");
                text.Append(task.After.IsEmpty ? string.Empty : $"        after: {YamlText.List(task.After)}\n");
            }
        }

        return text.ToString();
    }
}
