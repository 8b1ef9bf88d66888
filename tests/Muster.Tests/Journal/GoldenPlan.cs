using Muster.Runs;
using Muster.Synthesis;

namespace Muster.Tests.Journal;

/// <summary>The plan of the golden journals: three workers, the third after the second. It never changes.</summary>
internal static class GoldenPlan
{
    public static RunHeader Header { get; } = new()
    {
        RunId = "20261124-120000-0123abcd",
        Goal = "Golden",
        Root = "/tree",
        PlanName = "plan.yaml",
        PlanSha256 = "00",
        TasksFile = "tasks.jsonl",
        CoordinatorAgent = "scripted",
        Domains = [new("d", "Domain")],
    };

    public static StepTable Table()
    {
        var tree = new SynthesisTree(Header);
        tree.AddWorker("a", "d", Tier.Haiku, "scripted", Hash256.Parse(new('1', 64)), null, []);
        tree.AddWorker("b", "d", Tier.Sonnet, "scripted", Hash256.Parse(new('2', 64)), null, []);
        tree.AddWorker("c", "d", Tier.Opus, "scripted", Hash256.Parse(new('3', 64)), null, ["b"]);
        return tree.Build();
    }
}
