using System.CommandLine;
using Muster.Artefacts;
using Muster.Plans;

namespace Muster.Cli;

/// <summary><c>muster check</c>: what is wrong with a plan and what it would take; spends nothing.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("PLAN") { Description = "A plan in YAML." };
        var (json, agent, runs) = (SharedOptions.Json(), SharedOptions.Agent(), SharedOptions.Runs());
        var limits = new LimitOptions();
        var command = new Command("check", "Check a plan and estimate what it takes. Spends nothing.\n\nExample: muster check plan.yaml") { file, agent, runs, json };
        limits.AddTo(command);
        command.SetAction(async (args, cancellationToken) =>
        {
            var result = await PlanPrinter.LoadAsync(args.GetRequiredValue(file), args.GetValue(agent), limits.Of(args), cancellationToken);
            var problems = result.Problems;
            PlanEstimate? estimate = null;
            var times = default(TaskEstimates);
            if (result.Plan is { } plan)
            {
                try
                {
                    _ = Machine.PromptsFor(plan.Root); // A template that does not fit is told here, as a run would tell it.
                    estimate = PlanEstimate.Of(plan);
                    times = await TimesAsync(plan, RunsRoot.Resolve(args.GetValue(runs)), cancellationToken);
                }
                catch (PlanException e)
                {
                    problems = [.. problems, .. e.Problems];
                }
            }

            if (args.GetValue(json))
            {
                WriteJson(problems, estimate, times);
            }
            else
            {
                Print(problems, estimate);
                Print(times);
            }

            return estimate is null ? ExitCode.Usage : ExitCode.Complete;
        });
        return command;
    }

    private static void Print(IReadOnlyList<PlanProblem> problems, PlanEstimate? estimate)
    {
        foreach (var problem in problems)
        {
            (estimate is null ? Console.Error : Console.Out).WriteLine(DisplayText.Clean(problem.ToString()));
        }

        if (estimate is null)
        {
            return;
        }

        var text = Console.Out;
        text.WriteLine($"{RunWords.Count(estimate.Workers, "task")} in {RunWords.Count(estimate.Domains.Length, "domain")}, {RunWords.Count(estimate.Coordinators, "coordinator")}, {RunWords.Count(estimate.Waves, "wave")}");
        text.WriteLine();
        text.WriteLine("  parent");
        var width = estimate.Domains.Max(d => d.Id.Length);
        foreach (var (id, workers, levels) in estimate.Domains)
        {
            var tree = levels.IsEmpty ? "read by the parent itself, no coordinator" : string.Join(" → ", levels.Select(n => RunWords.Count(n, "coordinator")));
            text.WriteLine($"    {id.PadRight(width)}  {RunWords.Count(workers, "worker")} → {tree}");
        }

        text.WriteLine();
        text.WriteLine("estimate: " + EstimateWords.Of(estimate));
        text.WriteLine($"parent context: at most {estimate.ParentTokens:N0} tokens (flat: about {estimate.FlatTokens:N0})");
    }

    private static async Task<TaskEstimates> TimesAsync(Plan plan, string runs, CancellationToken cancellationToken)
    {
        var times = await TaskEstimates.OfAsync(plan, TaskDurations.Find(runs, plan.FileName, plan.Root), cancellationToken);
        foreach (var task in plan.Expand())
        {
            times.Apply(task);
        }

        return times;
    }

    /// <summary>Where the times come from by which the longest path goes first.</summary>
    private static void Print(TaskEstimates? times)
    {
        if (times is null)
        {
            return;
        }

        var sources = new (int Count, string From)[]
        {
            (times.FromPlan, "by the plan"), (times.FromEarlier, $"as in run {times.EarlierRun}"), (times.FromScope, "by the size of the scope"), (times.Unknown, "not known, as the median"),
        }.Where(source => source.Count > 0);
        Console.Out.WriteLine("times, the longest path first: " + string.Join(", ", sources.Select(s => $"{s.Count:N0} {s.From}")));
    }

    private static void Write(System.Text.Json.Utf8JsonWriter json, TaskEstimates times)
    {
        json.WriteStartObject("times");
        json.WriteNumber("plan", times.FromPlan);
        json.WriteNumber("earlier", times.FromEarlier);
        json.WriteNumber("scope", times.FromScope);
        json.WriteNumber("unknown", times.Unknown);
        json.WriteString("run", times.EarlierRun);
        json.WriteNumber("coordinatorSeconds", times.CoordinatorSeconds);
        json.WriteEndObject();
    }

    private static void WriteJson(IReadOnlyList<PlanProblem> problems, PlanEstimate? estimate, TaskEstimates? times) => RunJson.Write(Console.Out, json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("ok", estimate is not null);
        EstimateWords.Write(json, problems);
        if (estimate is not null)
        {
            EstimateWords.Write(json, estimate);
            Write(json, times!);
        }

        json.WriteEndObject();
    });
}
