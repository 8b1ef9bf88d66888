namespace Muster.Artefacts;

/// <summary>A run directory that is not there or cannot be made.</summary>
public sealed class RunDirectoryException : MusterException
{
    private RunDirectoryException(string message, string nextStep, Exception? inner = null)
        : base(message, nextStep, inner)
    {
    }

    /// <summary>The directory, or a file in it, could not be made.</summary>
    public static RunDirectoryException CannotMake(string path, Exception inner) => new(
        $"The run directory {path} cannot be made: {inner.Message.TrimEnd('.')}.",
        "Name a directory that you may write to with '--runs DIR' or MUSTER_RUNS, and check that its disk has space.",
        inner);

    internal static RunDirectoryException NotWritable(string path, Exception inner) => new(
        $"The run directory {path} cannot be written to: {inner.Message.TrimEnd('.')}.",
        "Nothing was changed; get the right to write there or make space on its disk, or work on a copy of the directory.",
        inner);

    internal static RunDirectoryException Remote(string path, string format) => new(
        $"The run directory {path} would lie on a network file system ({format}), where a journal can lose entries.",
        "Name a directory on a local disk with '--runs DIR' or MUSTER_RUNS.");

    internal static RunDirectoryException NotThere(string path) => new(
        $"There is no run in {path}.",
        "List the runs with 'muster list'; '--runs DIR' or MUSTER_RUNS names where they lie.");
}
