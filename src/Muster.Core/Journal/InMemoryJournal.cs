using Muster.Runs;

namespace Muster.Journal;

/// <summary>A journal that lives as long as its object: for rehearsals in simulated time and for tests.</summary>
public sealed class InMemoryJournal : IJournal
{
    private readonly List<RunEntry> entries = [];

    /// <inheritdoc/>
    public long Version => entries.Count;

    /// <inheritdoc/>
    public long Epoch { get; private set; }

    /// <inheritdoc/>
    public long ClaimEpoch() => ++Epoch;

    /// <inheritdoc/>
    public AppendOutcome Append(long expectedVersion, long epoch, IReadOnlyList<RunEntry> entries)
    {
        if (expectedVersion != Version || epoch != Epoch)
        {
            return AppendOutcome.Refused;
        }

        this.entries.AddRange(entries);
        return AppendOutcome.Appended;
    }

    /// <inheritdoc/>
    public IEnumerable<RunEntry> ReadAfter(long version) => entries.Skip((int)version).ToList();

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is held outside memory.
    }
}
