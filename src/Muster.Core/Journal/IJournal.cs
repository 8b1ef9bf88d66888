using Muster.Runs;

namespace Muster.Journal;

/// <summary>The append-only record of a run: the only truth about it.</summary>
/// <remarks>Every journal passes <c>tests/Muster.Tests/Contracts/JournalContract</c>. One writer at a time; not for several threads.</remarks>
public interface IJournal : IDisposable
{
    /// <summary>Version of the last entry; 0 when there is none.</summary>
    long Version { get; }

    /// <summary>The highest epoch that an engine has claimed; 0 when none has.</summary>
    long Epoch { get; }

    /// <summary>Makes the caller the only one whose appends are taken from now on.</summary>
    /// <returns>The new epoch, one above every earlier one.</returns>
    long ClaimEpoch();

    /// <summary>Appends all events or none, durably, as the entries that follow <paramref name="expectedVersion"/>.</summary>
    /// <param name="expectedVersion">Version that the caller has read up to.</param>
    /// <param name="epoch">Epoch that the caller claimed.</param>
    /// <param name="entries">At least one; their versions continue the expected one.</param>
    /// <returns>
    /// Whether they were taken. After <see cref="AppendOutcome.Unknown"/> the caller reloads and compares, and never appends blindly again.
    /// </returns>
    AppendOutcome Append(long expectedVersion, long epoch, IReadOnlyList<RunEntry> entries);

    /// <summary>The entries after <paramref name="version"/>, in order.</summary>
    /// <exception cref="JournalException">One cannot be read: damaged, or of a newer version of Muster.</exception>
    IEnumerable<RunEntry> ReadAfter(long version);
}
