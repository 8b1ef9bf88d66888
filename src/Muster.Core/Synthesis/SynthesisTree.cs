using System.Collections.Immutable;
using Muster.Runs;

namespace Muster.Synthesis;

/// <summary>Lays the coordinators over the workers so that no context ever takes more than 8 worker files or 5 syntheses.</summary>
public sealed class SynthesisTree
{
    /// <summary>Worker files that one coordinator reads at most.</summary>
    public const int MaxFiles = 8;

    /// <summary>Syntheses that are joined at once at most; also the most domains at the top.</summary>
    public const int MaxSyntheses = 5;

    /// <summary>Below this many workers there is no coordinator: the parent reads the few return lines itself.</summary>
    public const int LeastWorkersForCoordinators = 10;

    private readonly ChunkedList<StepRow> rows = new();
    private readonly List<(int Worker, ImmutableArray<string> Ids)> afters = [];
    private readonly List<string> agents = [];
    private readonly List<string> models = [];
    private readonly RunHeader header;
    private readonly Func<DomainTitle, Hash256> asked;

    /// <summary>A tree for the domains and coordinators that <paramref name="header"/> names.</summary>
    /// <param name="header">What the run is.</param>
    /// <param name="asked">Hash of what a domain's coordinators are asked, their files left out; null where nobody compares it.</param>
    public SynthesisTree(RunHeader header, Func<DomainTitle, Hash256>? asked = null) =>
        (this.header, this.asked) = (header, asked ?? (_ => default));

    /// <summary>Adds a worker; the workers of a domain come one after another, in the header's order of domains.</summary>
    /// <param name="id">The task's id.</param>
    /// <param name="domain">Its domain's id.</param>
    /// <param name="tier">Its tier.</param>
    /// <param name="agent">Its agent.</param>
    /// <param name="fingerprint">What it is asked.</param>
    /// <param name="estimate">How long it is expected to take; null means unknown.</param>
    /// <param name="after">Ids of workers, earlier or later ones; empty means none.</param>
    /// <param name="model">Its model, as the plan has it; null: its tier's name.</param>
    public void AddWorker(
        string id, string domain, Tier tier, string agent, Hash256 fingerprint, TimeSpan? estimate, ImmutableArray<string> after, string? model = null)
    {
        if (!after.IsDefaultOrEmpty)
        {
            afters.Add((rows.Count, after));
        }

        rows.Add(new(
            id, Role.Worker, tier, DomainIndex(domain), Index(agents, agent), Index(models, model ?? tier.ToString().ToLowerInvariant()), fingerprint,
            (float)(estimate?.TotalSeconds ?? 0), -1, 0, -1, null));
    }

    /// <summary>The finished table.</summary>
    public StepTable Build()
    {
        var workers = rows.Count;
        ResolveAfters();
        if (workers >= LeastWorkersForCoordinators)
        {
            for (int first = 0, domain = 0; domain < header.Domains.Length; domain++)
            {
                var end = first;
                while (end < workers && rows[end].Domain == domain)
                {
                    end++;
                }

                BuildDomain((ushort)domain, first, end - first);
                first = end;
            }
        }

        return new(rows, workers, [.. header.Domains.Select(d => d.Id)], [.. agents], [.. models]);
    }

    /// <summary>Sizes of even groups of at most <paramref name="most"/> that together have <paramref name="count"/> members.</summary>
    public static ImmutableArray<int> EvenGroups(int count, int most)
    {
        var groups = (count + most - 1) / most;
        return [.. Enumerable.Range(0, groups).Select(i => ((i + 1L) * count / groups) - (i * (long)count / groups)).Select(n => (int)n)];
    }

    /// <summary>How many coordinators <paramref name="workers"/> workers of one domain need; 0 for none.</summary>
    public static int CountCoordinators(int workers) => Levels(workers).Sum();

    /// <summary>How many coordinators each level above <paramref name="workers"/> workers of one domain has, the lowest first.</summary>
    public static ImmutableArray<int> Levels(int workers)
    {
        var levels = ImmutableArray.CreateBuilder<int>();
        for (var level = workers; level > 0 && (levels.Count == 0 || level > 1);)
        {
            level = EvenGroups(level, levels.Count == 0 ? MaxFiles : MaxSyntheses).Length;
            levels.Add(level);
        }

        return levels.ToImmutable();
    }

    private void ResolveAfters()
    {
        if (afters.Count == 0)
        {
            return;
        }

        var index = new StepIndex(rows, 0, rows.Count);
        foreach (var (worker, ids) in afters)
        {
            rows[worker] = rows[worker] with { After = [.. ids.Select(id => index.IndexOf(id) is >= 0 and var before ? before : throw new KeyNotFoundException($"There is no worker '{id}'."))] };
        }
    }

    private void BuildDomain(ushort domain, int first, int count)
    {
        var (number, most) = (0, MaxFiles);
        while (count > 0 && (most == MaxFiles || count > 1))
        {
            var levelStart = rows.Count;
            foreach (var size in EvenGroups(count, most))
            {
                var parent = rows.Count;
                for (var child = first; child < first + size; child++)
                {
                    rows[child] = rows[child] with { Parent = parent };
                }

                number++;
                rows.Add(Coordinator(domain, number, first, size));
                first += size;
            }

            (first, count, most) = (levelStart, rows.Count - levelStart, MaxSyntheses);
        }
    }

    private StepRow Coordinator(ushort domain, int number, int first, int size)
    {
        return new(
            $"{header.Domains[domain].Id}/{number}", Role.Coordinator, header.CoordinatorTier, domain, Index(agents, header.CoordinatorAgent),
            Index(models, header.CoordinatorModel), asked(header.Domains[domain]), (float)header.CoordinatorSeconds, first, (byte)size, -1, null);
    }

    private ushort DomainIndex(string id)
    {
        // The last one first: the workers of a domain come together.
        var last = rows.Count > 0 ? rows[rows.Count - 1].Domain : (ushort)0;
        if (header.Domains[last].Id == id)
        {
            return last;
        }

        for (var i = 0; i < header.Domains.Length; i++)
        {
            if (header.Domains[i].Id == id)
            {
                return (ushort)i;
            }
        }

        throw new ArgumentException($"The header has no domain '{id}'.", nameof(id));
    }

    private static byte Index(List<string> names, string name)
    {
        var index = names.IndexOf(name);
        if (index < 0)
        {
            index = names.Count;
            names.Add(name);
        }

        return checked((byte)index);
    }
}
