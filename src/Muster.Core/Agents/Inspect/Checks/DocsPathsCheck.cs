using System.Text.Json;
using System.Text.RegularExpressions;
using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Muster.Agents.Inspect.Rules;
using Muster.Artefacts;

namespace Muster.Agents.Inspect.Checks;

/// <summary>Scripts, source files and commands that Markdown documents name in code and that do not exist. Where in doubt it is silent.</summary>
public sealed partial class DocsPathsCheck : ICheck
{
    private const int MaxLength = 512 << 10;

    private static readonly MarkdownPipeline Pipeline =
        new MarkdownPipelineBuilder().UsePipeTables().UseYamlFrontMatter().UsePreciseSourceLocation().Build();

    /// <inheritdoc/>
    public string Id => "docs-paths";

    /// <inheritdoc/>
    public IEnumerable<Finding> Run(CheckContext context, CancellationToken cancellationToken)
    {
        var paths = new CheckPaths(context.Tree);
        var names = context.Tree.Files.Select(file => file.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var scripts = new Lazy<HashSet<string>?>(() => NodeScripts(context.Tree, cancellationToken));
        var makefiles = new Lazy<string?>(() => Makefiles(context.Tree, cancellationToken));
        foreach (var file in context.Scope)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (file.Extension is not (".md" or ".markdown") || HistoryPattern().IsMatch(file.Path)
                || (TestPaths.Contains(file.Path) && !file.Path.StartsWith("doc", StringComparison.Ordinal))
                || file.ReadText() is not { Length: <= MaxLength } text)
            {
                continue;
            }

            var lines = file.ReadLines();
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (line, code) in Codes(text))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (line <= lines.Length && !HypotheticalPattern().IsMatch(lines[line - 1])
                    && Judge(file, code) is var (name, rule, message) && seen.Add(name))
                {
                    yield return new(Severity.Minor, file.Path, line, null, message, rule, CheckPaths.QuoteOn(lines, line, name));
                }
            }
        }

        (string, string, string)? Judge(SourceFile file, string code)
        {
            if (NodeRun().Match(code) is { Success: true } node)
            {
                var name = node.Groups["name"].Value;
                return scripts.Value is { } known && !known.Contains(name)
                    ? (name, "docs-paths-node-script",
                        $"No package.json has the script {CheckPaths.Shown(name)} that the document runs; correct the command or add the script.")
                    : null;
            }

            if (MakeRun().Match(code) is { Success: true } make)
            {
                var name = make.Groups["name"].Value;
                return makefiles.Value is { } known && !known.Contains(name, StringComparison.Ordinal)
                    ? (name, "docs-paths-make-target",
                        $"No makefile has the target {CheckPaths.Shown(name)} that the document makes; correct the command or add the target.")
                    : null;
            }

            var match = ScriptPattern().Match(code) is { Success: true } script ? script : SourcePattern().Match(code);
            if (!match.Success)
            {
                return null;
            }

            var path = match.Groups["path"].Value;
            var bare = path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;
            if (names.Contains(Path.GetFileName(bare)) || bare.Contains("..", StringComparison.Ordinal)
                || (path == bare && !paths.Has(bare.Split('/')[0])) // Another repository's path, or an import.
                || paths.Has(bare) || (CheckPaths.Resolve(CheckPaths.DirectoryOf(file.Path), bare) is { } near && paths.Has(near)))
            {
                return null;
            }

            return (path, "docs-paths-missing-file",
                $"The document names {CheckPaths.Shown(path)}, which does not exist; correct the path or remove it.");
        }
    }

    /// <summary>Whole code spans, and the lines of shell fences that neither fetch, create nor change directory.</summary>
    private static List<(int Line, string Code)> Codes(string text)
    {
        var codes = new List<(int, string)>();
        try
        {
            foreach (var node in Markdown.Parse(text, Pipeline).Descendants())
            {
                if (node is CodeInline span)
                {
                    codes.Add((span.Line + 1, span.Content.Trim()));
                }
                else if (node is FencedCodeBlock { Info: "sh" or "bash" or "shell" or "console" or "zsh" } fence
                    && !ElsewherePattern().IsMatch(fence.Lines.ToString()))
                {
                    for (var i = 0; i < fence.Lines.Count; i++)
                    {
                        var line = fence.Lines.Lines[i];
                        var code = line.Slice.ToString().Trim();
                        codes.Add((line.Line + 1, code.StartsWith("$ ", StringComparison.Ordinal) ? code[2..].TrimStart() : code));
                    }
                }
            }
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or IndexOutOfRangeException)
        {
            return []; // Nested too deeply, or otherwise not what a person wrote.
        }

        return codes;
    }

    /// <summary>Every script name of every package.json; null when there is none or one cannot be read.</summary>
    private static HashSet<string>? NodeScripts(SourceTree tree, CancellationToken cancellationToken)
    {
        HashSet<string>? scripts = null;
        foreach (var file in tree.Files.Where(file => file.Name == "package.json"))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                using var document = JsonDocument.Parse(file.ReadText() ?? "");
                scripts ??= [];
                if (document.RootElement.TryGetProperty("scripts", out var map))
                {
                    scripts.UnionWith(map.EnumerateObject().Select(entry => entry.Name));
                }
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                return null;
            }
        }

        return scripts;
    }

    /// <summary>The text of all makefiles; null when there is none or when they take targets from elsewhere.</summary>
    private static string? Makefiles(SourceTree tree, CancellationToken cancellationToken)
    {
        var texts = new List<string>();
        foreach (var file in tree.Files.Where(file => file.Name is "Makefile" or "makefile" or "GNUmakefile" || file.Extension is ".mk" or ".mak"))
        {
            cancellationToken.ThrowIfCancellationRequested();
            texts.Add(file.ReadText() ?? "include");
        }

        var all = string.Join('\n', texts);
        return texts.Count == 0 || OpenMakefile().IsMatch(all) || tree.Files.Any(file => file.Name is "CMakeLists.txt" or "configure.ac" or "Makefile.am" or "Makefile.in")
            ? null
            : all;
    }

    [GeneratedRegex("(?:^|/)[^/]*(?:change|history|release|news|migrat|upgrad|adr|rfc|proposal|design|plan|todo|roadmap|template|tutorial|blog)[^/]*(?:/|\\.[a-z]+$)", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex HistoryPattern();

    [GeneratedRegex("\\b(?:e\\.g|example|creat|add|new|generat|output|writes?|written|your|would|will|if|remov|delet|renam|moved|old|former|no longer|instead|missing|planned|future|like|such as|suppose)", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex HypotheticalPattern();

    [GeneratedRegex("\\b(?:cd|pushd|git clone|curl|wget|tar|unzip|mkdir|cp|mv|touch|cat >|tee|chmod \\+x|ln|npx|npm (?:init|create)|docker|ssh)\\b|>", RegexOptions.NonBacktracking)]
    private static partial Regex ElsewherePattern();

    [GeneratedRegex("^(?:npm|pnpm|yarn|bun) run (?<name>[A-Za-z][\\w:.-]*)(?:\\s+[^<{\\[*]*)?$", RegexOptions.NonBacktracking)]
    private static partial Regex NodeRun();

    [GeneratedRegex("^make (?<name>[a-z][a-z0-9_-]*)$", RegexOptions.NonBacktracking)]
    private static partial Regex MakeRun();

    [GeneratedRegex("^(?:(?:bash|sh|python3?|node|ruby|perl) )?(?<path>\\./[\\w./-]*\\w\\.(?:sh|bash|py|rb|pl|ps1|cmd|bat|js|mjs))(?:\\s.*)?$|^(?<path>\\./(?:gradlew|mvnw))(?:\\s.*)?$", RegexOptions.NonBacktracking)]
    private static partial Regex ScriptPattern();

    [GeneratedRegex("^(?<path>[A-Za-z][\\w-]*(?:/[\\w.-]+)*/[\\w.-]*\\w\\.(?:cs|fs|java|kt|py|rb|php|go|rs|c|cc|cpp|h|hpp|swift|js|mjs|ts|tsx|jsx|vue|sh|ps1|md|sql|proto))$", RegexOptions.NonBacktracking)]
    private static partial Regex SourcePattern();

    [GeneratedRegex("^[ \\t-]*s?include\\b|^[^\\t#\\n]*%[^\\n]*:|^[^\\t#\\n=]*\\$[({][^\\n=]*:|\\beval\\b", RegexOptions.NonBacktracking | RegexOptions.Multiline)]
    private static partial Regex OpenMakefile();
}
