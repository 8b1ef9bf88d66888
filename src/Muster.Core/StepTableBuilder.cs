using Muster.Dispatch;
using Muster.Plans;
using Muster.Runs;
using Muster.Synthesis;

namespace Muster;

/// <summary>Makes the steps of a run from its tasks, one after the other, each with the fingerprint of what it is asked.</summary>
internal sealed class StepTableBuilder
{
    private const int Large = 100_000;

    private readonly RunHeader header;
    private readonly StepFingerprint fingerprints;
    private readonly SynthesisTree tree;

    public StepTableBuilder(RunHeader header)
    {
        this.header = header;
        fingerprints = new(header);
        tree = new(header, fingerprints.OfCoordinator);
    }

    public void Add(TaskSpec task) =>
        tree.AddWorker(task.Id, task.Domain, task.Tier, task.Agent, fingerprints.OfWorker(task), task.Estimate, task.After, task.Model);

    /// <summary>The finished table. Of a large plan, the garbage of making it is given back first: it is as large as what stays.</summary>
    public StepTable Build()
    {
        if (header.Build is { } build)
        {
            return StepTable.Growing([.. header.Domains.Select(stage => stage.Id)], build.Agents);
        }

        var table = tree.Build();
        if (table.Count >= Large)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        }

        return table;
    }
}
