using Muster.Journal;

namespace Muster.Tests.Contracts;

public sealed class InMemoryJournalTests : JournalContract
{
    protected override IJournal Create() => new InMemoryJournal();
}
