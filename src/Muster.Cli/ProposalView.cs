using Muster.Artefacts;
using Muster.Planning;
using Muster.Plans;
using Muster.Reports;
using Muster.Runs;

namespace Muster.Cli;

/// <summary>A plan that a model proposed, as a table with its estimate. What the model wrote is cleaned and cut where it is shown.</summary>
/// <param name="Run">The run that made it.</param>
/// <param name="Directory">Where that lives.</param>
/// <param name="Agent">Who planned, and who is to work.</param>
/// <param name="Plan">The plan.</param>
/// <param name="Proposal">What was noticed of it.</param>
internal sealed record ProposalView(RunState Run, RunDirectory Directory, string Agent, Plan Plan, Proposal Proposal)
{
    private const int WidestName = 48;
    private const int WidestScope = 40;

    private readonly PlanEstimate estimate = PlanEstimate.Of(Plan);
    private readonly FanOut? fanOut = FanOut.WhyNot(Plan);

    public void Print(TextWriter text)
    {
        text.WriteLine();
        text.WriteLine($"plan: {ReportText.Line(Plan.Goal, 200)}");
        text.WriteLine($"{RunWords.Count(estimate.Workers, "task")} in {RunWords.Count(Plan.Domains.Length, "domain")}, {RunWords.Count(estimate.Coordinators, "coordinator")}, {RunWords.Count(estimate.Waves, "wave")}, agent {Agent}");
        var tasks = Plan.Domains.SelectMany(d => d.Tasks).Select(t => t.Template).ToList();
        var (ids, names) = (tasks.Max(t => t.Id.Length), Math.Min(WidestName, tasks.Max(t => ReportText.Line(t.Name, WidestName).Length)));
        foreach (var domain in Plan.Domains)
        {
            text.WriteLine();
            text.WriteLine($"  {ReportText.Line(domain.Title, WidestName)} ({domain.Id})");
            foreach (var task in domain.Tasks.Select(t => t.Template))
            {
                var scope = task.Scope.IsEmpty ? "the whole tree" : ReportText.Line(string.Join(", ", task.Scope), WidestScope);
                var after = task.After.IsEmpty ? string.Empty : $"  after {string.Join(", ", task.After)}";
                text.WriteLine($"    {task.Id.PadRight(ids)}  {task.Model,-6}  {ReportText.Line(task.Name, WidestName).PadRight(names)}  {scope}{after}");
            }
        }

        text.WriteLine();
        text.WriteLine("estimate: " + EstimateWords.Of(estimate));
        text.WriteLine($"parent context: at most {estimate.ParentTokens:N0} tokens (flat: about {estimate.FlatTokens:N0})");
        foreach (var problem in Proposal.Problems.Where(p => p.Message != fanOut?.Why))
        {
            text.WriteLine(ReportText.Line(problem.ToString(), 400));
        }

        if (fanOut is not null)
        {
            text.WriteLine($"Many agents are not worth it here. {fanOut.Why} {fanOut.Instead}");
        }

        text.WriteLine($"planned in run {Directory.RunId}, {RunWords.Count(PlanningRun.RepairsOf(Run), "repair")}{(CostReport.Of(Run) is { } cost ? $": {cost}" : ", no cost")}");
    }

    /// <param name="text">The plan's file.</param>
    /// <param name="file">Where it was written; null when it was not.</param>
    public void WriteJson(string text, string? file) => RunJson.Write(Console.Out, json =>
    {
        json.WriteStartObject();
        RunJson.Head(json, Run, Directory);
        json.WriteString("agent", Agent);
        json.WriteString("file", file);
        json.WriteNumber("repairs", PlanningRun.RepairsOf(Run));
        json.WriteStartObject("fanOut");
        json.WriteBoolean("isWorthIt", fanOut is null);
        json.WriteString("why", fanOut?.Why);
        json.WriteString("instead", fanOut?.Instead);
        json.WriteEndObject();
        EstimateWords.Write(json, Proposal.Problems);
        json.WriteStartObject("estimate");
        EstimateWords.Write(json, estimate);
        json.WriteEndObject();
        json.WriteStartArray("tasks");
        foreach (var task in Plan.Domains.SelectMany(d => d.Tasks).Select(t => t.Template))
        {
            json.WriteStartObject();
            json.WriteString("domain", task.Domain);
            json.WriteString("id", task.Id);
            json.WriteString("name", ReportText.Line(task.Name));
            json.WriteString("model", task.Model);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        CostView.Write(json, CostReport.Of(Run));
        json.WriteString("plan", text);
        json.WriteEndObject();
    });
}
