using Muster.Journal;
using Muster.Runs;

namespace Muster.Tests.Contracts;

/// <summary>What every journal promises. Each implementation derives from it.</summary>
public abstract class JournalContract : IDisposable
{
    private IJournal? journal;

    protected abstract IJournal Create();

    private IJournal Journal => journal ??= Create();

    [Fact]
    public void A_new_journal_has_neither_entries_nor_an_epoch() =>
        Assert.Equal((0, 0, 0), (Journal.Version, Journal.Epoch, Journal.ReadAfter(0).Count()));

    [Fact]
    public void Entries_are_read_back_as_they_were_appended()
    {
        var epoch = Journal.ClaimEpoch();
        var entries = new[] { Entry(1, epoch), Entry(2, epoch), Entry(3, epoch) };

        Assert.Equal(AppendOutcome.Appended, Journal.Append(0, epoch, entries));

        Assert.Equal(entries, Journal.ReadAfter(0));
        Assert.Equal([entries[2]], Journal.ReadAfter(2));
        Assert.Equal(3, Journal.Version);
    }

    [Fact]
    public void An_append_after_another_version_is_refused_and_writes_nothing()
    {
        var epoch = Journal.ClaimEpoch();
        Journal.Append(0, epoch, [Entry(1, epoch)]);

        Assert.Equal(AppendOutcome.Refused, Journal.Append(0, epoch, [Entry(1, epoch)]));
        Assert.Equal(AppendOutcome.Refused, Journal.Append(5, epoch, [Entry(6, epoch)]));
        Assert.Single(Journal.ReadAfter(0));
    }

    [Fact]
    public void An_append_under_an_older_epoch_is_refused_and_writes_nothing()
    {
        var old = Journal.ClaimEpoch();
        var current = Journal.ClaimEpoch();

        Assert.True(current > old);
        Assert.Equal(AppendOutcome.Refused, Journal.Append(0, old, [Entry(1, old)]));
        Assert.Empty(Journal.ReadAfter(0));
        Assert.Equal(AppendOutcome.Appended, Journal.Append(0, current, [Entry(1, current)]));
    }

    public void Dispose()
    {
        journal?.Dispose();
        Clean();
        GC.SuppressFinalize(this);
    }

    protected virtual void Clean()
    {
    }

    protected static RunEntry Entry(long version, long epoch) =>
        new(version, epoch, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddTicks(version), new RunEvent.StepSkipped($"worker/t{version}", "because"));
}
