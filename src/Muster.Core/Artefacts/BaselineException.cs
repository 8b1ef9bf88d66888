namespace Muster.Artefacts;

/// <summary>A baseline file that cannot be used.</summary>
public sealed class BaselineException : MusterException
{
    private BaselineException(string message, string nextStep, Exception? inner = null)
        : base(message, nextStep, inner)
    {
    }

    /// <summary>Whether the file that was named is at fault, rather than the disk.</summary>
    public bool IsUsage { get; private init; }

    internal static BaselineException NotThere(string path) => new(
        $"There is no baseline file {path}.", "Write one with 'muster audit --write-baseline', or leave '--baseline' out.")
    { IsUsage = true };

    internal static BaselineException Unusable(string path, string why, Exception? inner = null) => new(
        $"The baseline file {path} cannot be used: {why}.", "Mend it, or write it anew with 'muster audit --write-baseline'.", inner)
    { IsUsage = true };

    internal static BaselineException Newer(string path, int version) => new(
        $"The baseline file {path} has version {version}, which this version of Muster does not know.",
        "Use the version of Muster that wrote it, or write it anew with 'muster audit --write-baseline'.")
    { IsUsage = true };

    internal static BaselineException CannotWrite(string path, Exception inner) => new(
        $"The baseline file {path} cannot be written: {inner.Message.TrimEnd('.')}.",
        "Name a file in a directory that you may write to, and check that its disk has space.",
        inner);
}
