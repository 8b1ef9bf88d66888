using Muster.Artefacts;

namespace Muster.Cli;

/// <summary>A file that a person wants written when the work is done; looked at before it begins.</summary>
internal static class OutputFile
{
    /// <exception cref="CliException">It cannot be written there.</exception>
    public static void Check(string option, string? path)
    {
        if (path is not null && UserFile.WhyNotWritten(path) is { } why)
        {
            throw CliException.CannotWrite(option, path, why);
        }
    }

    /// <summary>Copies a report to where it is wanted.</summary>
    /// <exception cref="CliException">The disk refuses it; the report itself is safe.</exception>
    public static void Copy(string option, string from, string path)
    {
        try
        {
            Publisher.WriteFor(path, File.ReadAllBytes(from));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliException.NotCopied(option, from, path, e);
        }
    }
}
