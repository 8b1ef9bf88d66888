using Muster.Journal;
using Muster.Runs;

namespace Muster.Tests.Simulation;

/// <summary>A journal over one that never fails, which fails as disks do: no space, or no answer with the entries written or not.</summary>
internal sealed class FaultyJournal(IJournal store, Random chance, Func<double> rate) : IJournal
{
    public long Version { get; private set; } = store.Version;

    public long Epoch { get; private set; } = store.Epoch;

    public long ClaimEpoch() => Epoch = store.ClaimEpoch();

    public AppendOutcome Append(long expectedVersion, long epoch, IReadOnlyList<RunEntry> entries)
    {
        if (chance.NextDouble() < rate())
        {
            switch (chance.Next(3))
            {
                case 0:
                    return AppendOutcome.NoSpace;
                case 1:
                    return AppendOutcome.Unknown;
                default:
                    return store.Append(expectedVersion, epoch, entries) is AppendOutcome.Refused ? AppendOutcome.Refused : AppendOutcome.Unknown;
            }
        }

        var outcome = store.Append(expectedVersion, epoch, [.. entries]);
        Version = store.Version;
        return outcome;
    }

    public IEnumerable<RunEntry> ReadAfter(long version) => store.ReadAfter(version);

    public void Dispose()
    {
        // The store outlives every journal that an engine opens over it.
    }
}
