using System.Text;
using Muster.Artefacts;
using Muster.Memory;
using Muster.Runs;
using Muster.Training;

namespace Muster.Pipeline;

/// <summary>Takes what agents proposed into what the project remembers: brains, session summaries and training pairs in the integration worktree.</summary>
internal sealed class MemoryFiles(BuildSite site, TimeProvider time)
{
    private ProjectMemory Memory => new(Path.Combine(site.Integration, BuildSite.Memory));

    private string Training => Path.Combine(site.Integration, BuildSite.Memory, "training");

    /// <summary>What the id of the next training pair is.</summary>
    public int NextPair => new TrainingStore(Training).NextId;

    /// <summary>Takes over what a module's builder proposed in the round that is merged, and sums its session up.</summary>
    /// <returns>What was not taken, a sentence each.</returns>
    public IReadOnlyList<string> TakeModule(string module, int round)
    {
        var role = RoleOf(module);
        if (ProposedFile.Read(LatestWith(module, round, "brain.md"), "brain.md") is { } brain)
        {
            Memory.WriteBrain(role, brain);
        }

        var report = site.Directory.Published(Role.Builder, $"build/{module}/{round}");
        if (File.Exists(report))
        {
            Memory.WriteSummary(role, $"{site.RunId}-{round}", File.ReadAllText(report).Replace(WorkerFile.Sentinel, string.Empty, StringComparison.Ordinal), report);
        }

        var pairs = Path.Combine(LatestWith(module, round, "training.jsonl"), "training.jsonl");
        return File.Exists(pairs) ? [.. TakePairs(module + ".jsonl", pairs).Problems.Select(p => p.ToString())] : [];
    }

    /// <summary>What was proposed in the last round that proposed anything: one that only mends has nothing more to say, and takes nothing back.</summary>
    private string LatestWith(string module, int round, string name) =>
        Enumerable.Range(1, round).Reverse().Select(r => site.Proposals($"build/{module}/{r}")).FirstOrDefault(proposals => File.Exists(Path.Combine(proposals, name))) ?? site.Proposals($"build/{module}/{round}");

    /// <summary>Keeps what blocked builders said where nobody settled it: no training pair may touch it, now or in a later build.</summary>
    /// <param name="leftOut">Modules that are not part of what is assembled.</param>
    public void KeepConflicts(IReadOnlySet<string> leftOut)
    {
        var told = site.Directory.In("conflicts");
        foreach (var name in Directory.Exists(told) ? Directory.EnumerateFiles(told, "*-*.md").Select(path => Path.GetFileName(path)) : [])
        {
            if (leftOut.Contains(name[..name.LastIndexOf('-')]) && ProposedFile.Read(told, name) is { } text) // MODULE-ROUND.md
            {
                Publisher.Write(Path.Combine(site.Integration, BuildSite.Memory, "conflicts", name), Encoding.UTF8.GetBytes(text));
            }
        }
    }

    /// <summary>Takes the good pairs of an agent's file.</summary>
    public TrainingAppended TakePairs(string name, string file)
    {
        var contracts = site.ReadContracts();
        var context = TrainingContext.Of(
            site.Integration, contracts.Blueprint!, OpenConflict.In(site.Integration, contracts), DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));
        Directory.CreateDirectory(Training);
        return new TrainingStore(Training).Append(name, file, context);
    }

    /// <summary>Replaces the brain of a role.</summary>
    public void WriteBrain(string role, string text) => Memory.WriteBrain(role, text);

    /// <summary>Puts a remark at the head of a builder's brain, for its next round.</summary>
    public void Remark(string module, string remark) =>
        Memory.WriteBrain(RoleOf(module), $"> {remark}\n\n{Memory.Brain(RoleOf(module))}");

    private static string RoleOf(string module) => "builder-" + module;
}
