using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Muster.Runs;

/// <summary>All steps of a run in a fixed order: the workers as planned, then the syntheses, each after what it reads.</summary>
public sealed class StepTable
{
    private readonly ChunkedList<StepRow> rows;
    private readonly StepIndex workers;
    private readonly StepIndex syntheses;
    private readonly Dictionary<string, int> added = new(StringComparer.Ordinal);

    /// <summary>Takes the rows over; <paramref name="workerCount"/> of them, the first ones, are workers.</summary>
    internal StepTable(
        ChunkedList<StepRow> rows, int workerCount, ImmutableArray<string> domains, ImmutableArray<string> agents, ImmutableArray<string> models)
    {
        this.rows = rows;
        WorkerCount = workerCount;
        Domains = domains;
        Agents = agents;
        Models = models;
        workers = new(rows, 0, workerCount);
        syntheses = new(rows, workerCount, rows.Count);
        Dependents = [];
        for (var i = 0; i < rows.Count; i++)
        {
            foreach (var before in rows[i].After ?? [])
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(Dependents, before, out _) ??= []).Add(i);
            }
        }
    }

    /// <summary>The empty table of a build, which wants its steps as it goes on.</summary>
    internal static StepTable Growing(ImmutableArray<string> stages, ImmutableArray<string> agents) =>
        new(new(), 0, stages, agents, [.. Enum.GetNames<Tier>().Select(tier => tier.ToLowerInvariant())]) { Grows = true };

    /// <summary>Whether steps are added while the run goes on.</summary>
    internal bool Grows { get; private init; }

    /// <summary>Adds a build's step and gives its index.</summary>
    internal int Add(RunEvent.StepAdded e)
    {
        var (domain, agent) = (Domains.IndexOf(e.Stage), Agents.IndexOf(e.Agent));
        if (!Grows || domain < 0 || agent < 0)
        {
            throw new InvalidOperationException($"The step {e.Step} of stage {e.Stage}, agent {e.Agent}, does not belong to this run.");
        }

        added.Add(e.Step, rows.Count);
        rows.Add(new(e.Step, e.Role, e.Tier, (ushort)domain, (byte)agent, (byte)e.Tier, Hash256.Parse(e.Fingerprint), 0, -1, 0, -1, null));
        return WorkerCount++;
    }

    /// <summary>Steps in all.</summary>
    public int Count => rows.Count;

    /// <summary>How many of them, the first ones, are workers.</summary>
    public int WorkerCount { get; private set; }

    /// <summary>Ids of the domains, in the plan's order.</summary>
    public ImmutableArray<string> Domains { get; }

    /// <summary>Names of the agents that rows point to.</summary>
    public ImmutableArray<string> Agents { get; }

    /// <summary>Names of the models that rows point to, as the plan has them.</summary>
    public ImmutableArray<string> Models { get; }

    /// <summary>For a step that others come after: their indices.</summary>
    internal Dictionary<int, List<int>> Dependents { get; }

    /// <summary>The row of step <paramref name="index"/>.</summary>
    public ref readonly StepRow this[int index] => ref rows[index];

    /// <summary>The index of the step with this key, or -1.</summary>
    public int IndexOf(string key)
    {
        return Grows ? added.GetValueOrDefault(key, -1)
            : key.StartsWith("worker/", StringComparison.Ordinal) ? workers.IndexOf(key.AsSpan(7))
            : key.StartsWith("synthesis/", StringComparison.Ordinal) ? syntheses.IndexOf(key.AsSpan(10))
            : -1;
    }
}
