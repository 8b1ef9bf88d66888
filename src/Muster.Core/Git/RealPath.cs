namespace Muster.Git;

/// <summary>Paths without links in them, as git writes them down.</summary>
internal static class RealPath
{
    /// <summary>As many links as the kernel follows in one path.</summary>
    private const int MostLinks = 40;

    /// <summary>The path with every link in it followed; what is not there yet stays as it is named.</summary>
    public static string Of(string path)
    {
        var real = "/";
        var links = 0;
        var steps = new Stack<string>(Path.GetFullPath(path).Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        while (steps.TryPop(out var step))
        {
            var next = step == ".." ? Path.GetDirectoryName(real) ?? "/" : Path.Combine(real, step);
            if (step != ".." && new FileInfo(next).LinkTarget is { } target && ++links <= MostLinks)
            {
                real = target[0] == '/' ? "/" : real;
                foreach (var part in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(p => p != ".").Reverse())
                {
                    steps.Push(part);
                }
            }
            else
            {
                real = next;
            }
        }

        return real;
    }
}
