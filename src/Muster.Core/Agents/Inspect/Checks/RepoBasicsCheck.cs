using System.Text.RegularExpressions;
using Muster.Artefacts;

namespace Muster.Agents.Inspect.Checks;

/// <summary>What every repository should have, and names that not every system can check out.</summary>
public sealed partial class RepoBasicsCheck : ICheck
{
    private const int TinyReadme = 200;

    /// <inheritdoc/>
    public string Id => "repo-basics";

    /// <inheritdoc/>
    public IEnumerable<Finding> Run(CheckContext context, CancellationToken cancellationToken)
    {
        var tree = context.Tree;
        if (tree.Files.Count == 0)
        {
            yield break;
        }

        // The disk's first level too: a README may be a link, which the tree does not list.
        var top = TopLevel(tree.Root);
        if (!top.Any(name => LicencePattern().IsMatch(name)))
        {
            // Parts that have their own say what one may do with them.
            var isInParts = tree.Files.Any(file => LicencePattern().IsMatch(file.Name));
            yield return Whole(isInParts ? Severity.Minor : Severity.Major, "repo-basics-licence",
                "The repository has no licence file; add LICENSE so that others know what they may do.");
        }

        if (!top.Any(IsReadme) && !tree.Files.Any(file => CheckPaths.DirectoryOf(file.Path) is ".github" or "docs" && IsReadme(file.Name)))
        {
            yield return Whole(Severity.Major, "repo-basics-readme",
                "The repository has no README; add one that says what it is, how to install it and how to use it.");
        }
        else if (tree.Files.FirstOrDefault(file => file.Path == file.Name && IsReadme(file.Name)) is { Length: < TinyReadme } tiny)
        {
            yield return new(Severity.Minor, tiny.Path, null, null,
                $"The README has only {tiny.Length} bytes; say what this is, how to install it and how to use it.", "repo-basics-readme-tiny");
        }

        var sources = tree.Files.Where(file => SourcePattern().IsMatch(file.Name)).ToList();
        if (sources.Count > 0)
        {
            if (!tree.Files.Any(file => TestPattern().IsMatch(file.Path)) && !HasInlineTests(sources, cancellationToken))
            {
                yield return Whole(Severity.Minor, "repo-basics-tests", "The repository has source code and no tests; add some for its main paths.");
            }

            if (!top.Any(name => PipelinePattern().IsMatch(name)) && !tree.Files.Any(file => WorkflowPattern().IsMatch(file.Path)))
            {
                yield return Whole(Severity.Minor, "repo-basics-pipeline",
                    "The repository has no continuous integration; add a workflow that builds and tests each change.");
            }

            if (tree.IsGit && !top.Contains(".gitignore") && !tree.Files.Any(file => file.Name == ".gitignore"))
            {
                yield return Whole(Severity.Minor, "repo-basics-gitignore",
                    "The repository has no .gitignore; add one so that build output and local files stay out of it.");
            }
        }

        foreach (var finding in Names(context, cancellationToken))
        {
            yield return finding;
        }
    }

    private static IEnumerable<Finding> Names(CheckContext context, CancellationToken cancellationToken)
    {
        var scope = context.Scope.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        var byName = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (context.Tree.Unreadable is [var first, ..] unreadable)
        {
            var others = unreadable.Count > 1 ? $" and of {unreadable.Count - 1} more" : string.Empty;
            yield return Whole(Severity.Minor, "repo-basics-name-encoding", $"The name of {CheckPaths.Shown(first)}{others} is not UTF-8, so that it was not read; rename it.");
        }

        foreach (var path in context.Tree.Files.Select(file => file.Path))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var isNew = byName.TryAdd(path, path);
            if (!scope.Contains(path))
            {
                continue;
            }

            if (path.Any(char.IsControl))
            {
                var directory = path;
                while (directory.Any(char.IsControl))
                {
                    directory = CheckPaths.DirectoryOf(directory);
                }

                yield return new(Severity.Minor, directory.Length == 0 ? "." : directory, null, null,
                    $"The name {CheckPaths.Shown(path)} has control characters (shown as ?), so that no finding in it can be told; rename the file.", "repo-basics-control-character");
            }
            else if (!isNew)
            {
                yield return new(Severity.Minor, path, null, null,
                    $"The path differs only in case from {CheckPaths.Shown(byName[path])}; rename one, as they collide on Windows and macOS.",
                    "repo-basics-case-collision");
            }
        }
    }

    private static Finding Whole(Severity severity, string rule, string message) => new(severity, ".", null, null, message, rule);

    private static bool IsReadme(string name) => name.StartsWith("README", StringComparison.OrdinalIgnoreCase);

    private static HashSet<string> TopLevel(string root)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(root).Select(path => Path.GetFileName(path)!)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Some languages keep tests beside the code that they test.</summary>
    private static bool HasInlineTests(List<SourceFile> sources, CancellationToken cancellationToken)
    {
        foreach (var file in sources.Where(file => file.Extension is ".rs" or ".zig" or ".d"))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (file.ReadText() is { } text && InlineTest().IsMatch(text))
            {
                return true;
            }
        }

        return false;
    }

    [GeneratedRegex("^(?:(?:un)?licen[cs]es?|copying|copyright|eula)(?:[.-]|$)|[.-]licen[cs]e(?:\\.(?:md|txt))?$", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex LicencePattern();

    [GeneratedRegex("\\.(?:cs|fs|vb|java|kt|scala|groovy|py|rb|php|go|rs|c|cc|cpp|cxx|swift|m|mm|js|mjs|cjs|ts|tsx|jsx|dart|ex|exs|erl|hs|ml|lua|zig|d|clj|jl|vue|svelte)$", RegexOptions.NonBacktracking)]
    private static partial Regex SourcePattern();

    [GeneratedRegex("(?:^|/)(?:[^/]*[._-])?(?:tests?|testing|specs?|__tests__|e2e|cypress|t)(?:[._-][^/]*)?(?:/|$)|(?:tests?|specs?|testcase)\\.[a-z]+$|tests?/|[._-](?:tests?|spec|cy|e2e)\\.[a-z]+$|(?:^|/)test[a-z]*[_.-][^/]*$", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex TestPattern();

    [GeneratedRegex("^(?:\\.gitlab-ci\\.ya?ml|\\.circleci|azure-pipelines.*|\\.azure-pipelines|\\.azuredevops|jenkinsfile.*|\\.jenkins|\\.travis\\.ya?ml|\\.?appveyor\\.ya?ml|bitbucket-pipelines\\.ya?ml|\\.drone\\.(?:ya?ml|jsonnet|star)|\\.woodpecker.*|\\.buildkite|\\.cirrus\\.(?:ya?ml|star)|\\.builds?(?:\\.yml)?|\\.teamcity|cloudbuild\\.ya?ml|buildspec\\.ya?ml|\\.semaphore|\\.tekton|\\.prow.*|\\.ci|ci|codemagic\\.yaml|\\.zuul.*|zuul\\.d)$", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex PipelinePattern();

    [GeneratedRegex("^\\.(?:github|gitea|forgejo)/workflows/[^/]+\\.ya?ml$", RegexOptions.NonBacktracking)]
    private static partial Regex WorkflowPattern();

    [GeneratedRegex("#\\[(?:cfg\\()?(?:[a-z_]+::)?test|^\\s*test\\s+[\"{]|\\bunittest\\b", RegexOptions.NonBacktracking | RegexOptions.Multiline)]
    private static partial Regex InlineTest();
}
