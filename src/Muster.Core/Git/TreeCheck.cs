using System.Collections.Immutable;
using System.Text;

namespace Muster.Git;

/// <summary>Looks through the tree of a commit for what a build cannot work with: submodules, and files that pass through a program.</summary>
internal static class TreeCheck
{
    public static async Task RunAsync(
        GitRepository repository, string commit, Dictionary<string, string> settings, ImmutableArray<PreflightProblem>.Builder problems, CancellationToken cancellationToken)
    {
        var listed = await repository.Place.AskAsync(["ls-tree", "-r", "-z", "--full-tree", commit], cancellationToken);
        var (modules, attributes) = (new List<string>(), new List<(string Path, string Object)>());
        foreach (var entry in listed.Fields)
        {
            var tab = entry.IndexOf('\t', StringComparison.Ordinal);
            var (facts, path) = (entry[..tab].Split(' '), entry[(tab + 1)..]);
            if (facts[0] == "160000")
            {
                modules.Add(path);
            }
            else if (facts[0] != "120000" && (path == ".gitattributes" || path.EndsWith("/.gitattributes", StringComparison.Ordinal)))
            {
                attributes.Add((path, facts[2]));
            }
        }

        if (modules.Count > 0)
        {
            problems.Add(new("submodules", $"The tree has submodules, which are not supported: {Printable.Some(modules)}.", "Build in a repository whose tree is all its own.", true));
        }

        var texts = await ObjectTexts.ReadAsync(repository.Place, [.. attributes.Select(a => a.Object)], cancellationToken);
        var files = attributes.Select(a => (a.Path, Text: texts.GetValueOrDefault(a.Object, string.Empty))).ToList();
        var local = Path.Combine(repository.CommonDirectory, "info", "attributes");
        if (File.Exists(local))
        {
            files.Add((local, await File.ReadAllTextAsync(local, Encoding.UTF8, cancellationToken)));
        }

        foreach (var (path, text) in files)
        {
            foreach (var (attribute, driver) in AttributeLines.ProgramsIn(text).Distinct())
            {
                if (Describe(path, attribute, driver, settings) is { } problem)
                {
                    problems.Add(problem);
                }
            }
        }
    }

    /// <summary>A driver that nobody configured does nothing, in git too; LFS is named even then, as its files would be pointers.</summary>
    private static PreflightProblem? Describe(string path, string attribute, string driver, Dictionary<string, string> settings) => attribute switch
    {
        "filter" when driver == "lfs" => new(
            "filter", $"{Printable.Of(path)} keeps files in Git LFS, which is not supported.", "Build in a repository without LFS.", true),
        "filter" when settings.Keys.Any(k => k.StartsWith($"filter.{driver}.", StringComparison.Ordinal)) => new(
            "filter", $"{Printable.Of(path)} passes files through the filter {Printable.Of(driver)}, a program that the engine does not run.", "Build on a branch without it.", true),
        "merge" when settings.ContainsKey($"merge.{driver}.driver") => new(
            "merge-driver", $"{Printable.Of(path)} merges files by the driver {Printable.Of(driver)}, a program that the engine does not run.", "Where such a file is changed twice it will be told as a conflict.", false),
        _ => null,
    };
}
