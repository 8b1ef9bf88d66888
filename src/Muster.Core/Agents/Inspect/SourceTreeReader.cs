using Muster.Git;
using Muster.Plans;

namespace Muster.Agents.Inspect;

/// <summary>Lists the files of a tree: by git, so that ignored files are left out, also where the tree is no checkout; without git by walking it.</summary>
/// <remarks>No link is followed, neither of a file nor of a directory; vendored and generated files are left out.</remarks>
public static class SourceTreeReader
{
    private static readonly Glob[] Foreign =
    [
        .. new[]
        {
            "**/{node_modules,bower_components,vendor,_vendor,vendored,third_party,thirdparty,third-party,external,.venv,venv,site-packages}/**",
            "**/{bin,obj,build,target,out,artifacts}/**",
            "**/{.git,.hg,.svn,.idea,.vs,dist,coverage,__pycache__,.tox,.next,.nuxt,.gradle,.terraform}/**",
            "**/{static,public,assets,wwwroot,webapp}/**/{lib,libs,plugins}/**", "jquery{,.*,-*}.js", "bootstrap{,.*,-*}.{js,css}",
            "*.min.js", "*.min.css", "*.bundle.js", "*.map", "*.{g,g.i,designer,generated}.cs", "*_pb2.py", "*_pb2_grpc.py", "*.pb.go",
            "*.pb.{cc,h}", "*_generated.{go,rs,ts}", "*.g.dart", "*.snap",
        }.Select(Glob.Parse),
    ];

    /// <summary>The files that workers may be told to look at.</summary>
    /// <param name="root">Absolute path.</param>
    /// <param name="cancellationToken">Asked while listing.</param>
    public static async Task<SourceTree> ReadAsync(string root, CancellationToken cancellationToken)
    {
        var listed = await GitCommand.ReadAsync(
            root, ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"], cancellationToken);
        var paths = listed?.Split('\0', StringSplitOptions.RemoveEmptyEntries)
            ?? await IgnoredOutsideGit.ListAsync(root, cancellationToken)
            ?? Walk(root, cancellationToken);
        var files = new List<SourceFile>();
        var unreadable = new List<string>();
        foreach (var path in paths)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (IsForeign(path, listed is not null))
            {
                continue;
            }

            if (Look(root, path) is { } file)
            {
                files.Add(file);
            }
            else if (path.Contains('\uFFFD', StringComparison.Ordinal))
            {
                unreadable.Add(path);
            }
        }

        files.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        return new(root, files, listed is not null) { Unreadable = unreadable };
    }

    /// <summary>Build output is only foreign where git does not say what is tracked: a tracked <c>build/</c> is source.</summary>
    private static bool IsForeign(string path, bool isGit) => Foreign.Where((_, i) => !(isGit && i == 1)).Any(glob => glob.IsMatch(path));

    private static SourceFile? Look(string root, string path)
    {
        var full = Path.Combine(root, path);
        var entry = new FileInfo(full);
        return entry.Exists && entry.LinkTarget is null && !entry.Attributes.HasFlag(FileAttributes.Directory)
            ? new(path, full, entry.Length)
            : null; // Deleted since it was tracked, a link, or a submodule. Reading goes through no link either.
    }

    private static IEnumerable<string> Walk(string root, CancellationToken cancellationToken)
    {
        var options = new EnumerationOptions { AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
        var open = new Stack<string>();
        open.Push(root);
        while (open.TryPop(out var directory))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var below in Directory.EnumerateDirectories(directory, "*", options))
            {
                if (!IsForeign(Relative(root, below) + "/x", isGit: false))
                {
                    open.Push(below);
                }
            }

            foreach (var file in Directory.EnumerateFiles(directory, "*", options))
            {
                yield return Relative(root, file);
            }
        }
    }

    private static string Relative(string root, string path) => Path.GetRelativePath(root, path).Replace('\\', '/');
}
