using System.CommandLine;
using Muster.Plans;

namespace Muster.Cli;

/// <summary><c>muster check</c>: what is wrong with a plan and what it would take; spends nothing.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("PLAN") { Description = "A plan in YAML." };
        var (json, agent) = (SharedOptions.Json(), SharedOptions.Agent());
        var command = new Command("check", "Check a plan and estimate what it takes. Spends nothing.\n\nExample: muster check plan.yaml") { file, agent, json };
        command.SetAction(async (args, cancellationToken) =>
        {
            var result = await PlanFile.LoadAsync(args.GetRequiredValue(file), PlanPrinter.Surroundings(args.GetValue(agent)), cancellationToken);
            var problems = result.Problems;
            PlanEstimate? estimate = null;
            if (result.Plan is { } plan)
            {
                try
                {
                    estimate = PlanEstimate.Of(plan);
                }
                catch (PlanException e)
                {
                    problems = [.. problems, .. e.Problems];
                }
            }

            if (args.GetValue(json))
            {
                WriteJson(problems, estimate);
            }
            else
            {
                Print(problems, estimate);
            }

            return estimate is null ? ExitCode.Usage : ExitCode.Complete;
        });
        return command;
    }

    private static void Print(IReadOnlyList<PlanProblem> problems, PlanEstimate? estimate)
    {
        foreach (var problem in problems)
        {
            (estimate is null ? Console.Error : Console.Out).WriteLine(problem);
        }

        if (estimate is null)
        {
            return;
        }

        var text = Console.Out;
        text.WriteLine($"{estimate.Workers:N0} workers, {estimate.Coordinators:N0} coordinators, {estimate.Waves:N0} waves");
        text.WriteLine("parent");
        foreach (var (id, workers, coordinators) in estimate.Domains)
        {
            text.WriteLine($"  {id}: {workers:N0} workers" + (coordinators == 0 ? ", no coordinator" : $", {coordinators:N0} coordinators"));
        }

        text.WriteLine(estimate.Tokens == 0
            ? "estimate: no tokens, no cost"
            : $"estimate: {estimate.Tokens:N0} tokens, {estimate.Usd:0.00} USD at list prices (within a factor of three)");
        text.WriteLine($"parent context: at most {estimate.ParentTokens:N0} tokens (flat: about {estimate.FlatTokens:N0})");
    }

    private static void WriteJson(IReadOnlyList<PlanProblem> problems, PlanEstimate? estimate) => RunJson.Write(Console.Out, json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("ok", estimate is not null);
        json.WriteStartArray("problems");
        foreach (var problem in problems)
        {
            json.WriteStartObject();
            json.WriteString("severity", RunJson.Kebab(problem.Severity.ToString()));
            json.WriteString("file", problem.File);
            json.WriteNumber("line", problem.Line);
            json.WriteNumber("column", problem.Column);
            json.WriteString("message", problem.Message);
            json.WriteString("nextStep", problem.NextStep);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (estimate is not null)
        {
            json.WriteNumber("workers", estimate.Workers);
            json.WriteNumber("coordinators", estimate.Coordinators);
            json.WriteNumber("waves", estimate.Waves);
            json.WriteNumber("tokens", estimate.Tokens);
            json.WriteNumber("usd", estimate.Usd);
            json.WriteNumber("parentTokens", estimate.ParentTokens);
            json.WriteNumber("flatTokens", estimate.FlatTokens);
        }

        json.WriteEndObject();
    });
}
