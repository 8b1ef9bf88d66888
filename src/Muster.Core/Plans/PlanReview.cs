using Muster.Runs;
using Muster.Synthesis;

namespace Muster.Plans;

/// <summary>Turns the red flags and common mistakes of running many agents into errors, warnings and notes.</summary>
internal static class PlanReview
{
    private const int FewTasks = 5;
    private const int MostPerDomain = 8;

    private static readonly string[] Free = ["inspect", "scripted", "command"];

    public static void Check(Plan plan, PlanSurroundings surroundings, ProblemList problems)
    {
        var tasks = plan.Domains.SelectMany(d => d.Tasks).ToList();
        CheckIds(plan, tasks, problems);
        foreach (var task in tasks)
        {
            CheckTask(task, surroundings, problems);
        }

        if (plan.Domains.Length > SynthesisTree.MaxSyntheses)
        {
            problems.Error(
                0, 0, $"The plan has {plan.Domains.Length} domains; the parent reads at most {SynthesisTree.MaxSyntheses} summaries.", "Join domains: 3 to 5 are the sweet spot.");
        }

        foreach (var domain in plan.Domains.Where(d => d.Tasks.Length > MostPerDomain && d.Tasks.All(t => t.Items is null)))
        {
            problems.Note(
                domain.Tasks[0].At.Line, 0, $"Domain '{domain.Id}' has {domain.Tasks.Length} workers and so more than one coordinator.", "Nothing needs doing; 3 to 8 workers a domain is the usual shape.");
        }

        if (tasks.TrueForAll(t => t.Items is null))
        {
            CheckWhole(plan, tasks, problems);
        }
    }

    private static void CheckIds(Plan plan, List<PlanTask> tasks, ProblemList problems)
    {
        foreach (var same in plan.Domains.GroupBy(d => d.Id).Where(g => g.Count() > 1))
        {
            problems.Error(0, 0, $"The domain id '{same.Key}' is given {same.Count()} times.", "Give each domain an id of its own.");
        }

        var single = tasks.Where(t => t.Items is null).ToList();
        var ids = new Dictionary<string, PlanText>(StringComparer.Ordinal);
        foreach (var task in single)
        {
            if (!ids.TryAdd(task.Template.Id, task.At))
            {
                problems.Error(
                    task.At, $"The id '{task.Template.Id}' stands at line {ids[task.Template.Id].Line} already, so both tasks would write one file.", "Give each task an id of its own.");
            }
        }

        if (single.Count == tasks.Count)
        {
            var after = single.Where(t => !t.Template.After.IsEmpty).DistinctBy(t => t.Template.Id)
                .ToDictionary(t => t.Template.Id, t => ((IReadOnlyList<string>)t.Template.After, t.At), StringComparer.Ordinal);
            PlanGraph.Check(after, ids.ContainsKey, problems);
        }
    }

    private static void CheckTask(PlanTask task, PlanSurroundings surroundings, ProblemList problems)
    {
        var spec = task.Template;
        switch (spec.Agent)
        {
            case "command" when spec.Command.IsEmpty:
                problems.Error(task.At, $"Task '{spec.Id}' has the agent 'command' and no command.", "Add 'command: [PROGRAM, ARGUMENT, …]'; it is never given to a shell.");
                break;
            case "inspect" when spec.Checks.IsEmpty:
                problems.Error(task.At, $"Task '{spec.Id}' has the agent 'inspect' and no checks.", "Add 'checks: […]', or name another agent with 'agent:'.");
                break;
            case "inspect":
                foreach (var check in spec.Checks.Where(check => !surroundings.Checks.Contains(check)))
                {
                    problems.Error(task.At, $"Task '{spec.Id}' names the check '{check}', which does not exist.", NearestName.Advice(check, surroundings.Checks, "checks"));
                }

                break;
        }

        if (!Free.Contains(spec.Agent) && spec.Tier is Tier.Haiku && spec.Tools.Length > 3)
        {
            problems.Warning(
                task.At.Line, task.At.Column, $"Task '{spec.Id}' gives haiku a chain of {spec.Tools.Length} tools.", "Use sonnet: haiku's use of tools gets unreliable in long chains.");
        }
    }

    private static void CheckWhole(Plan plan, List<PlanTask> tasks, ProblemList problems)
    {
        if (tasks.Count < FewTasks)
        {
            problems.Note(0, 0, $"Fewer than {FewTasks} tasks need no orchestration.", "Dispatch them directly; this run does, without coordinators.");
        }

        if (tasks.Count >= SynthesisTree.LeastWorkersForCoordinators && tasks.Exists(t => !Free.Contains(t.Template.Agent))
            && tasks.Select(t => t.Template.Model).Distinct().Count() == 1)
        {
            problems.Warning(0, 0, $"All tasks have the model '{tasks[0].Template.Model}'.", "Choose by task: haiku to read, sonnet to analyse, opus to decide or write code.");
        }

        var steps = tasks.Count + (tasks.Count < SynthesisTree.LeastWorkersForCoordinators
            ? 0 : plan.Domains.Sum(d => SynthesisTree.CountCoordinators(d.Tasks.Length)));
        if (plan.Limits.Agents < steps)
        {
            problems.Warning(0, 0, $"limits.agents is {plan.Limits.Agents} and the plan has {steps} steps, so the run will pause.", $"Allow at least {steps}, and some for retries.");
        }
    }
}
