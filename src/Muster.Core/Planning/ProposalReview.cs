using System.Collections.Immutable;
using Muster.Agents.Inspect;
using Muster.Plans;

namespace Muster.Planning;

/// <summary>What a model may not put into a plan, beside what no plan may have: it sets no agent, command, limit or root, and gives no tool that writes.</summary>
internal static class ProposalReview
{
    private const int MostDomains = 5;
    private const int MostTasks = 8;
    private const int LongestTask = 4_000;
    private const int LongestName = 120;

    private static readonly string[] PlanKeys = ["goal", "domains"];
    private static readonly string[] TaskKeys = ["id", "name", "task", "scope", "model", "tools", "after"];
    private static readonly string[] Tools = ["Read", "Grep", "Glob"];
    private static readonly string[] Tiers = ["haiku", "sonnet", "opus"];

    /// <summary>Looks at the proposal's keys; also where it is no plan otherwise.</summary>
    public static void CheckKeys(string yaml, ProblemList problems)
    {
        if (PlanTree.Read(yaml, problems) is not PlanNode.Map plan)
        {
            return;
        }

        Refuse(plan, PlanKeys, problems);
        foreach (var domain in ListOf(plan, "domains"))
        {
            foreach (var task in ListOf(domain, "tasks"))
            {
                Refuse(task, TaskKeys, problems);
            }
        }
    }

    /// <summary>Looks at a plan that is one.</summary>
    /// <param name="plan">As it was read.</param>
    /// <param name="files">The tree's.</param>
    /// <param name="problems">Takes what is wrong.</param>
    /// <returns>Whether the tree must be looked at again to mend it.</returns>
    public static bool Check(Plan plan, IReadOnlyList<SourceFile> files, ProblemList problems)
    {
        if (plan.Domains.Length > MostDomains)
        {
            problems.Error(plan.Domains[MostDomains].At, $"The plan has {plan.Domains.Length} domains.", $"Join them: at most {MostDomains}.");
        }

        foreach (var domain in plan.Domains.Where(d => d.Tasks.Length > MostTasks))
        {
            problems.Error(domain.At, $"Domain '{domain.Id}' has {domain.Tasks.Length} tasks.", $"At most {MostTasks}: join tasks, or part the domain.");
        }

        var needsTree = false;
        foreach (var task in plan.Domains.SelectMany(d => d.Tasks))
        {
            CheckTask(task, problems);
            if (!task.Template.Scope.IsEmpty && !task.Template.Scope.Select(Glob.Parse).Any(glob => files.Any(f => glob.IsMatch(f.Path))))
            {
                problems.Error(task.At, $"The scope of task '{task.Template.Id}' finds no file: {string.Join(", ", task.Template.Scope)}.", "Name paths that you have seen, relative to the root, or leave 'scope' out.");
                needsTree = true;
            }
        }

        return needsTree;
    }

    private static void CheckTask(PlanTask task, ProblemList problems)
    {
        var spec = task.Template;
        if (spec.Tools.IsEmpty || spec.Tools.Any(tool => !Tools.Contains(tool)))
        {
            problems.Error(
                task.At, spec.Tools.IsEmpty ? $"Task '{spec.Id}' has no tools." : $"Task '{spec.Id}' asks for {string.Join(", ", spec.Tools.Except(Tools))}.", "A planned task has one or more of Read, Grep and Glob; only a person gives others.");
        }

        if (!Tiers.Contains(spec.Model))
        {
            problems.Error(task.At, $"Task '{spec.Id}' names the model '{spec.Model}'.", "Name haiku, sonnet or opus.");
        }

        if (YamlText.Clean(spec.Task).Length is 0 or > LongestTask || YamlText.Line(spec.Name).Length is 0 or > LongestName)
        {
            problems.Error(task.At, $"The name or the text of task '{spec.Id}' is empty or too long.", $"A name has at most {LongestName} characters, a task {LongestTask:N0}: say one narrow thing.");
        }
    }

    private static ImmutableArray<PlanNode> ListOf(PlanNode node, string key) =>
        node is PlanNode.Map map && map.Entries.FirstOrDefault(e => e.Key.Text == key).Value is PlanNode.List list ? list.Items : [];

    private static void Refuse(PlanNode node, string[] allowed, ProblemList problems)
    {
        foreach (var (key, _) in (node as PlanNode.Map)?.Entries ?? [])
        {
            if (!allowed.Contains(key.Text))
            {
                problems.Error(key, $"'{YamlText.Line(key.Text)}' is not the planner's to set.", $"Leave it out; there are {string.Join(", ", allowed)}.");
            }
        }
    }
}
