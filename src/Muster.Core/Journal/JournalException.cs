namespace Muster.Journal;

/// <summary>A journal that cannot be used as it is.</summary>
public sealed class JournalException : MusterException
{
    private JournalException(string message, string nextStep, Exception? inner = null)
        : base(message, nextStep, inner)
    {
    }

    /// <summary>Whether nothing is broken and a newer version of Muster wrote it.</summary>
    public bool IsNewer { get; private init; }

    /// <summary>Whether its engine was killed before it had written what the run is: nothing was begun.</summary>
    public bool IsEmpty { get; private init; }

    internal static JournalException Damaged(string path, string what, Exception? inner = null) => new(
        $"The journal {path} is damaged: {what}.",
        $"Run 'muster repair {RunOf(path)}': it keeps the damaged file and rebuilds what the sealed files and attempts show.",
        inner);

    internal static JournalException Hopeless(string path) => new(
        $"The journal {path} has no readable beginning, and header.json beside it is gone too.",
        "Put either back from a backup; the published files in workers/ can be read as they are.");

    internal static JournalException Empty(string path) => new(
        $"The journal {path} does not say what its run is: it was cut off before the run was planned.",
        "Nothing had been started; remove the run directory with 'muster clean' and start the run again.")
    { IsEmpty = true };

    internal static JournalException Newer(string path, string what) => new(
        $"The journal {path} holds {what}, which this version of Muster does not know.",
        "Use the version of Muster that wrote it, or a newer one.")
    { IsNewer = true };

    internal static JournalException Behind(string path, long version, long marker) => new(
        $"The journal {path} ends at entry {version}, but entry {marker} had been written: part of it (a -wal file, perhaps) was lost.",
        $"Put the lost file back, or run 'muster repair {RunOf(path)}' to rebuild from the sealed files and attempts.");

    internal static JournalException NotAJournal(string path, Exception? inner = null) => new(
        $"{path} is not a journal of Muster.",
        "Name a run directory that 'muster list' shows.",
        inner);

    internal static JournalException Unreachable(string path, string what, Exception inner) => new(
        $"The journal {path} cannot be opened: {what}.",
        "Check that the disk is there, has space, and that you may write to the run directory.",
        inner);

    private static string RunOf(string path) => Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path))) ?? path;
}
