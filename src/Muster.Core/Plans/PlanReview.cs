using Muster.Agents.Keeping;
using Muster.Runs;
using Muster.Synthesis;

namespace Muster.Plans;

/// <summary>Turns the red flags and common mistakes of running many agents into errors, warnings and notes.</summary>
internal static class PlanReview
{
    private const int FewDomains = 3;
    private const int FewPerDomain = 3;
    private const int MostPerDomain = 8;
    private const int UsualCapacity = 24;
    private const int MostModels = 200;

    private static readonly string[] Tools = ["Read", "Grep", "Glob", "Write", "Edit", "Bash"];

    public static void Check(Plan plan, PlanSurroundings surroundings, ProblemList problems)
    {
        var tasks = plan.Domains.SelectMany(d => d.Tasks).ToList();
        CheckIds(plan, tasks, problems);
        foreach (var task in tasks)
        {
            CheckAgent(plan, task, surroundings, problems);
            CheckUse(task, surroundings, problems);
        }

        CheckPrices(plan, tasks, surroundings, problems);
        CheckReserve(plan, tasks, problems);
        if (plan.Domains.Length > SynthesisTree.MaxSyntheses)
        {
            problems.Error(
                plan.Domains[SynthesisTree.MaxSyntheses].At, $"The plan has {plan.Domains.Length} domains; the parent reads at most {SynthesisTree.MaxSyntheses} summaries.", "Join domains: 3 to 5 are the sweet spot.");
        }

        if (plan.Capacity > UsualCapacity && tasks.Exists(t => RunModel.IsUsedBy(t.Template.Agent)))
        {
            problems.Warning(
                0, 0, $"The capacity {plan.Capacity} starts more than 8 sonnet agents at once.", $"Many at once strain the provider; {UsualCapacity} is the usual capacity.");
        }

        if (tasks.TrueForAll(t => t.Items is null) && !problems.HasErrors)
        {
            CheckShape(plan, tasks, problems);
            CheckWhole(plan, tasks, problems);
        }
    }

    private static void CheckIds(Plan plan, List<PlanTask> tasks, ProblemList problems)
    {
        var domains = new Dictionary<string, PlanText>(StringComparer.Ordinal);
        foreach (var domain in plan.Domains)
        {
            if (!domains.TryAdd(domain.Id, domain.At))
            {
                problems.Error(domain.At, $"The domain id '{domain.Id}' stands at line {domains[domain.Id].Line} already.", "Give each domain an id of its own.");
            }
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

    private static void CheckAgent(Plan plan, PlanTask task, PlanSurroundings surroundings, ProblemList problems)
    {
        var spec = task.Template;
        switch (spec.Agent)
        {
            case "command" when spec.Command.IsEmpty:
                problems.Error(task.At, $"Task '{spec.Id}' has the agent 'command' and no command.", "Add 'command: [PROGRAM, ARGUMENT, …]'; it is never given to a shell.");
                break;
            case "command" when !spec.Command[0].Contains('{') && !IsThere(spec.Command[0], plan.Root):
                problems.Error(
                    task.At, $"The program '{spec.Command[0]}' of task '{spec.Id}' is not there or may not be executed.", "Install it, or name it by a path that starts at the root.");
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
    }

    private static bool IsThere(string program, string root) => OperatingSystem.IsWindows()
        || ProgramSearch.Find(program, root, [$"PATH={Environment.GetEnvironmentVariable("PATH")}"]) is not null;

    private static void CheckUse(PlanTask task, PlanSurroundings surroundings, ProblemList problems)
    {
        var (spec, at) = (task.Template, task.At);
        if (RunModel.IsUsedBy(spec.Agent) && spec.Tier is Tier.Haiku && spec.Tools.Length > 3)
        {
            problems.Warning(at.Line, at.Column, $"Task '{spec.Id}' gives haiku a chain of {spec.Tools.Length} tools.", "Use sonnet: haiku's use of tools gets unreliable in long chains.");
        }

        foreach (var tool in spec.Tools.Where(tool => !Tools.Contains(tool)))
        {
            problems.Warning(at.Line, at.Column, $"Task '{spec.Id}' allows '{tool}', which is no tool of every agent.", NearestName.Advice(tool, Tools, "tools that every agent has"));
        }

        if (surroundings.Agent is null && spec.Agent is not "command" && !spec.Command.IsEmpty)
        {
            problems.Warning(at.Line, at.Column, $"Task '{spec.Id}' has a command, and its agent is '{spec.Agent}'.", "Add 'agent: command', or take the command away.");
        }

        if (task.Items is not null && !UsesItem(spec) && !(task.Items is ItemSource.Paths && BatchedAgent.Is(spec.Agent)))
        {
            problems.Warning(at.Line, at.Column, $"Every item of '{spec.Id}' gets the same task: nothing in it names the item.", "Put {item} or {item.FIELD} into 'task', 'scope' or 'command'.");
        }
    }

    private static bool UsesItem(TaskSpec spec) =>
        spec.Scope.Concat(spec.Command).Append(spec.Task).Any(text => text.Contains("{item", StringComparison.Ordinal));

    private static void CheckShape(Plan plan, List<PlanTask> tasks, ProblemList problems)
    {
        if (tasks.Count < SynthesisTree.LeastWorkersForCoordinators)
        {
            var few = FanOut.OfFew(tasks.Count);
            problems.Note(0, 0, few?.Why ?? $"{tasks.Count} tasks run flat, without coordinators.", few?.Instead ?? "Nothing needs doing: the parent reads their return lines itself.");
            return;
        }

        if (plan.Domains.Length < FewDomains)
        {
            problems.Note(plan.Domains[0].At.Line, 0, $"The plan has {plan.Domains.Length} {(plan.Domains.Length == 1 ? "domain" : "domains")}.", "Nothing needs doing; 3 to 5 domains give the parent summaries by subject.");
        }

        foreach (var domain in plan.Domains)
        {
            if (domain.Tasks.Length > MostPerDomain)
            {
                problems.Note(
                    domain.At.Line, 0, $"Domain '{domain.Id}' has {domain.Tasks.Length} workers and so more than one coordinator.", "Nothing needs doing; 3 to 8 workers a domain is the usual shape.");
            }
            else if (domain.Tasks.Length < FewPerDomain)
            {
                problems.Note(
                    domain.At.Line, 0, $"Domain '{domain.Id}' has {domain.Tasks.Length} {(domain.Tasks.Length == 1 ? "worker" : "workers")} and a coordinator of its own.", "Join it to another; 3 to 8 workers a domain is the usual shape.");
            }
        }
    }

    /// <summary>A limit in USD cannot be held over a model whose price nobody knows.</summary>
    private static void CheckPrices(Plan plan, List<PlanTask> tasks, PlanSurroundings surroundings, ProblemList problems)
    {
        foreach (var model in plan.Limits.Usd is null ? [] : plan.Models.Where(m => !m.IsPriced && surroundings.Agents.Contains(BatchedAgent.Plain(m.Agent))))
        {
            var task = tasks.Find(t => t.Template.Agent == model.Agent && t.Template.Model == model.Name);
            var user = task is null ? "the coordinators use" : $"task '{task.Template.Id}' uses";
            problems.Error(
                task?.At ?? default,
                $"Nobody knows what the model '{model.Model}' of agent {BatchedAgent.Plain(model.Agent)} costs{(BatchedAgent.Is(model.Agent) ? " in a batch" : string.Empty)}, which {user}, so the limit of {plan.Limits.Usd} USD cannot be held.",
                $"Put its price under 'models: {model.Model}: prices:' in muster.yaml in your configuration directory, name another model, or limit tokens instead.");
        }

        if (tasks.Select(t => t.Template.Model).Distinct().Skip(MostModels).Any())
        {
            problems.Error(0, 0, $"The tasks name more than {MostModels} models.", "Name tiers, or fewer models.");
        }
    }

    /// <summary>A limit below what a single attempt sets aside would let nothing be launched.</summary>
    private static void CheckReserve(Plan plan, List<PlanTask> tasks, ProblemList problems)
    {
        foreach (var task in tasks)
        {
            var reserve = AttemptReserve.Of(
                plan.Limits, task.Template.Agent, Role.Worker, task.Template.Tier, plan.Models.FirstOrDefault(m => m.Agent == task.Template.Agent && m.Name == task.Template.Model));
            if (plan.Limits.Tokens < reserve.Tokens)
            {
                problems.Error(
                    task.At, $"The limit is {plan.Limits.Tokens:N0} tokens, and an attempt at task '{task.Template.Id}' sets {reserve.Tokens:N0} aside, so it could never be launched.", "Raise limits.tokens (or --max-tokens), or say with limits.attempt_tokens what an attempt may take.");
                return;
            }

            if (plan.Limits.Usd < reserve.Usd)
            {
                problems.Error(
                    task.At, $"The limit is {plan.Limits.Usd} USD, and an attempt at task '{task.Template.Id}' sets {reserve.Usd:0.00##} aside, so it could never be launched.", "Raise limits.usd (or --max-usd), or say with limits.attempt_usd what an attempt may cost.");
                return;
            }
        }
    }

    private static void CheckWhole(Plan plan, List<PlanTask> tasks, ProblemList problems)
    {
        if (tasks.Count >= SynthesisTree.LeastWorkersForCoordinators && tasks.Exists(t => RunModel.IsUsedBy(t.Template.Agent))
            && tasks.Select(t => t.Template.Model).Distinct().Count() == 1)
        {
            problems.Warning(0, 0, $"All tasks have the model '{tasks[0].Template.Model}'.", "Choose by task: haiku to read, sonnet to analyse, opus to decide or write code.");
        }

        if (FanOut.OfChain(tasks) is { } chain)
        {
            problems.Warning(0, 0, chain.Why, chain.Instead);
        }

        var steps = tasks.Count + (tasks.Count < SynthesisTree.LeastWorkersForCoordinators
            ? 0 : plan.Domains.Sum(d => SynthesisTree.CountCoordinators(d.Tasks.Length)));
        if (plan.Limits.Agents < steps)
        {
            problems.Warning(0, 0, $"limits.agents is {plan.Limits.Agents} and the plan has {steps} steps, so the run will pause.", $"Allow at least {steps}, and some for retries.");
        }
    }
}
