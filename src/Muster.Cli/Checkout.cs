namespace Muster.Cli;

/// <summary>The checkout that the user stands in.</summary>
internal static class Checkout
{
    /// <summary>Where builds keep what lasts, below a checkout's root.</summary>
    public const string Orchestration = ".orchestration";

    /// <summary>The directory at or above this one that git calls a checkout's root; this one where there is none.</summary>
    public static string Root
    {
        get
        {
            var here = Path.GetFullPath(".");
            for (var at = here; at is not null; at = Path.GetDirectoryName(at))
            {
                if (Path.Exists(Path.Combine(at, ".git")))
                {
                    return at;
                }
            }

            return here;
        }
    }

    /// <summary>A directory that was named, or one of the checkout's own.</summary>
    public static string Directory(string? given, string name)
    {
        var path = given is null ? Path.Combine(Root, Orchestration, name) : Path.GetFullPath(given);
        return System.IO.Directory.Exists(path) ? path : throw CliException.NoSuchDirectory(path, name);
    }
}
