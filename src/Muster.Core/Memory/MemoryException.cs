namespace Muster.Memory;

/// <summary>A project's memory that cannot be read or written.</summary>
public sealed class MemoryException : MusterException
{
    private MemoryException(string message, string nextStep)
        : base(message, nextStep)
    {
    }

    internal static MemoryException BadName(string what, string name, string rule) => new(
        $"'{Artefacts.ReportText.Line(name, 80)}' cannot be the name of a {what}.", rule);

    internal static MemoryException Unreadable(string path, string why) => new(
        $"The memory file {path} cannot be read: it {why}.", "Mend it, or take it back to an earlier commit.");

    internal static MemoryException TooLong(string path, int most) => new(
        $"The text for {path} has more than {most:N0} characters.", "Have its agent write what matters now; a brain is no log.");

    internal static MemoryException NotWritten(string path, string why) => new($"The memory file {path} cannot be written: {why}.", "Put a directory in its place.");
}
