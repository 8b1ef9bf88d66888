using System.Text.Json;
using System.Text.RegularExpressions;
using Muster.Agents.Inspect.Rules;
using Muster.Artefacts;

namespace Muster.Agents.Inspect.Checks;

/// <summary>Manifests whose dependencies are not pinned, not locked or fetched without encryption; at most one finding per rule and manifest.</summary>
public sealed partial class DependenciesCheck : ICheck
{
    private static readonly string[] NodeLocks =
        ["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb", "deno.lock"];

    /// <inheritdoc/>
    public string Id => "dependencies";

    /// <inheritdoc/>
    public IEnumerable<Finding> Run(CheckContext context, CancellationToken cancellationToken)
    {
        var paths = new CheckPaths(context.Tree);
        foreach (var file in context.Scope)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!IsManifest(file) || TestPaths.Contains(file.Path) || file.Path.Any(char.IsControl) || file.ReadText() is not { } text)
            {
                continue;
            }

            var lines = file.ReadLines();
            var found = Insecure(file, text, lines).Concat(file.Name switch
            {
                "package.json" => Node(file, text, lines, paths),
                "composer.json" => Composer(file, text, lines, paths),
                "Cargo.toml" => Cargo(file, lines, paths),
                "go.mod" => Go(file, lines, paths),
                "Gemfile" => Gems(file, lines, paths),
                "pom.xml" => Maven(file, text),
                _ when file.Extension == ".txt" => Python(file, lines),
                _ when file.Extension is ".csproj" or ".fsproj" or ".vbproj" or ".props" => NuGet(file, lines),
                _ => [],
            });
            foreach (var finding in found)
            {
                yield return finding;
            }
        }
    }

    private static bool IsManifest(SourceFile file) =>
        file.Name is "package.json" or "composer.json" or "Cargo.toml" or "go.mod" or "Gemfile" or "pom.xml" or ".npmrc" or "pip.conf"
            or "build.gradle" or "build.gradle.kts" or "settings.gradle" or "Directory.Packages.props" or "Directory.Build.props"
        || file.Name.Equals("nuget.config", StringComparison.OrdinalIgnoreCase)
        || file.Extension is ".csproj" or ".fsproj" or ".vbproj" || IsRequirements(file);

    private static bool IsRequirements(SourceFile file) => RequirementsPattern().IsMatch(file.Path);

    private static IEnumerable<Finding> Insecure(SourceFile file, string text, string[] lines)
    {
        var pattern = file.Name switch
        {
            ".npmrc" => NpmRegistry(),
            "pip.conf" => PipIndex(),
            "Gemfile" => GemSource(),
            "build.gradle" or "build.gradle.kts" or "settings.gradle" => GradleUrl(),
            _ when file.Name.Equals("nuget.config", StringComparison.OrdinalIgnoreCase) => NuGetSource(),
            _ when IsRequirements(file) => PipIndex(),
            _ => null,
        };
        var line = pattern is null ? -1 : Array.FindIndex(lines, l => pattern.IsMatch(l) && !LocalHost().IsMatch(l));
        if (file.Name == "pom.xml")
        {
            foreach (var (at, block) in Blocks(text, "<repository>", "</repository>"))
            {
                var url = block.IndexOf("<url>http://", StringComparison.Ordinal);
                if (line < 0 && url >= 0 && !LocalHost().IsMatch(block))
                {
                    line = text.AsSpan(0, at + url).Count('\n');
                }
            }
        }

        return line < 0
            ? []
            : [new(Severity.Major, file.Path, line + 1, null,
                "Packages come over http://, where anybody on the way can replace them; use https://.", "dependencies-insecure-registry",
                CheckPaths.QuoteOn(lines, line + 1, "http://"))];
    }

    private static IEnumerable<Finding> Node(SourceFile file, string text, string[] lines, CheckPaths paths)
    {
        var entries = Entries(text, ["dependencies", "devDependencies", "optionalDependencies"]);
        if (Many(file, lines, [.. entries.Where(entry => entry.Version is "*" or "latest" or "x" or "")], "dependencies-floating-version",
            "accepts any version; name a range such as ^1.2.3") is { } floating)
        {
            yield return floating;
        }

        if (Many(file, lines, [.. entries.Where(entry => GitUrl().IsMatch(entry.Version))], "dependencies-git-url",
            "comes from a moving git branch; name a released version or a commit") is { } git)
        {
            yield return git;
        }

        if (entries.Count > 0 && !HasAbove(file, paths, NodeLocks))
        {
            yield return Missing(file, "package-lock.json (or the lock file of your package manager)");
        }
    }

    private static IEnumerable<Finding> Composer(SourceFile file, string text, string[] lines, CheckPaths paths)
    {
        var entries = Entries(text, ["require", "require-dev"]).Where(entry => entry.Name.Contains('/', StringComparison.Ordinal)).ToList();
        if (Many(file, lines, [.. entries.Where(entry => entry.Version is "*" or "dev-master" or "dev-main" or "@dev")],
            "dependencies-floating-version", "accepts any version; name a range such as ^1.2") is { } floating)
        {
            yield return floating;
        }

        if (entries.Count > 0 && ProjectType().IsMatch(text) && !HasAbove(file, paths, ["composer.lock"]))
        {
            yield return Missing(file, "composer.lock");
        }
    }

    private static IEnumerable<Finding> Cargo(SourceFile file, string[] lines, CheckPaths paths)
    {
        var directory = CheckPaths.DirectoryOf(file.Path);
        var isProgram = lines.Any(line => line.StartsWith("[[bin]]", StringComparison.Ordinal))
            || paths.Has(CheckPaths.Resolve(directory, "src/main.rs")!);
        if (isProgram && lines.Any(line => line.StartsWith("[package]", StringComparison.Ordinal))
            && lines.Any(line => line.StartsWith("[dependencies", StringComparison.Ordinal)) && !HasAbove(file, paths, ["Cargo.lock"]))
        {
            yield return Missing(file, "Cargo.lock");
        }
    }

    private static IEnumerable<Finding> Go(SourceFile file, string[] lines, CheckPaths paths)
    {
        if (lines.Any(line => line.StartsWith("require", StringComparison.Ordinal))
            && !lines.Any(line => line.StartsWith("replace", StringComparison.Ordinal)) && !HasAbove(file, paths, ["go.sum", "go.work.sum"]))
        {
            yield return Missing(file, "go.sum");
        }
    }

    private static IEnumerable<Finding> Gems(SourceFile file, string[] lines, CheckPaths paths)
    {
        if (lines.Any(line => line.TrimStart().StartsWith("gem ", StringComparison.Ordinal))
            && !lines.Any(line => line.TrimStart().StartsWith("gemspec", StringComparison.Ordinal)) && !HasAbove(file, paths, ["Gemfile.lock"]))
        {
            yield return Missing(file, "Gemfile.lock");
        }
    }

    private static IEnumerable<Finding> Maven(SourceFile file, string text)
    {
        var head = text.IndexOf("<dependency>", StringComparison.Ordinal) is var at and >= 0 ? text[..at] : text;
        foreach (var (start, block) in Blocks(text, "<dependency>", "</dependency>"))
        {
            var match = SnapshotVersion().Match(block);
            if (match.Success && !head.Contains(match.Value, StringComparison.Ordinal)) // Modules of one build share their version.
            {
                yield return new(Severity.Minor, file.Path, text.AsSpan(0, start + match.Index).Count('\n') + 1, null,
                    "A dependency is a SNAPSHOT, which changes under the same name; use a released version.", "dependencies-snapshot-version",
                    match.Length <= 200 && !match.Value.Contains('\n', StringComparison.Ordinal) ? match.Value : null);
                yield break;
            }
        }
    }

    private static IEnumerable<Finding> Python(SourceFile file, string[] lines)
    {
        if (lines.Any(line => line.StartsWith("-c ", StringComparison.Ordinal) || line.StartsWith("--constraint", StringComparison.Ordinal)))
        {
            yield break;
        }

        var open = lines.Index().Where(line => OpenRequirement().IsMatch(line.Item)).ToList();
        if (open.Count > 0)
        {
            var name = CheckPaths.Shown(RequirementName().Match(open[0].Item).Value);
            yield return new(Severity.Minor, file.Path, open[0].Index + 1, null,
                $"{Who(name, open.Count)} no upper bound on its version; pin it with == or ~=.",
                "dependencies-unpinned-requirement", CheckPaths.QuoteOn(lines, open[0].Index + 1, name));
        }
    }

    private static IEnumerable<Finding> NuGet(SourceFile file, string[] lines)
    {
        var line = Array.FindIndex(lines, l => FloatingPackage().IsMatch(l));
        if (line >= 0)
        {
            yield return new(Severity.Minor, file.Path, line + 1, null,
                "A package has a floating version, so that two builds may differ; name an exact one.", "dependencies-floating-version");
        }
    }

    private static Finding? Many(SourceFile file, string[] lines, List<(string Name, string Version)> entries, string rule, string what)
    {
        if (entries.Count == 0)
        {
            return null;
        }

        var (name, version) = entries[0];
        var quoted = JsonEncodedText.Encode(name, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString();
        var line = Array.FindIndex(lines, l => l.Contains($"\"{quoted}\"", StringComparison.Ordinal) && l.Contains($"\"{version}\"", StringComparison.Ordinal)) + 1;
        var more = entries.Count > 1 ? $" (and {entries.Count - 1} more)" : "";
        return new(Severity.Minor, file.Path, line > 0 ? line : null, null, $"{CheckPaths.Shown(name)}{more} {what}.", rule,
            line > 0 ? CheckPaths.QuoteOn(lines, line, $"\"{quoted}\"") : null);
    }

    private static string Who(string name, int count) => count > 1 ? $"{name} (and {count - 1} more) has" : $"{name} has";

    private static Finding Missing(SourceFile file, string what) =>
        new(Severity.Minor, file.Path, null, null, $"The manifest has dependencies and no lock file; commit {what}.", "dependencies-lock-missing");

    private static bool HasAbove(SourceFile file, CheckPaths paths, string[] names)
    {
        for (var directory = CheckPaths.DirectoryOf(file.Path); ; directory = CheckPaths.DirectoryOf(directory))
        {
            if (names.Any(name => paths.Has(directory.Length == 0 ? name : $"{directory}/{name}")))
            {
                return true;
            }

            if (directory.Length == 0)
            {
                return false;
            }
        }
    }

    private static List<(string Name, string Version)> Entries(string json, string[] sections)
    {
        var entries = new List<(string, string)>();
        try
        {
            using var document = JsonDocument.Parse(json, new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            foreach (var section in sections)
            {
                if (document.RootElement.ValueKind == JsonValueKind.Object
                    && document.RootElement.TryGetProperty(section, out var map) && map.ValueKind == JsonValueKind.Object)
                {
                    entries.AddRange(map.EnumerateObject().Where(entry => entry.Value.ValueKind == JsonValueKind.String)
                        .Select(entry => (entry.Name, entry.Value.GetString()!)));
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return []; // Not JSON, or not text: another tool's business.
        }

        return entries;
    }

    private static IEnumerable<(int At, string Block)> Blocks(string text, string open, string close)
    {
        for (var at = text.IndexOf(open, StringComparison.Ordinal); at >= 0; at = text.IndexOf(open, at, StringComparison.Ordinal))
        {
            var end = text.IndexOf(close, at, StringComparison.Ordinal);
            if (end < 0)
            {
                yield break;
            }

            yield return (at, text[at..end]);
            at = end;
        }
    }

    [GeneratedRegex("(?:^|/)(?:requirements[^/]*|requirements/[^/]+)\\.txt$", RegexOptions.NonBacktracking)]
    private static partial Regex RequirementsPattern();

    [GeneratedRegex("^\\s*(?:@[^:]+:)?registry\\s*=\\s*http://", RegexOptions.NonBacktracking)]
    private static partial Regex NpmRegistry();

    [GeneratedRegex("^\\s*(?:-i|(?:--)?(?:extra-)?index-url)[\\s=]+http://", RegexOptions.NonBacktracking)]
    private static partial Regex PipIndex();

    [GeneratedRegex("^\\s*source[\\s(]+[\"']http://", RegexOptions.NonBacktracking)]
    private static partial Regex GemSource();

    [GeneratedRegex("^[^/]*(?:\\burl\\b\\s*=?\\s*(?:uri\\()?|maven\\s*\\(\\s*)[\"']http://", RegexOptions.NonBacktracking)]
    private static partial Regex GradleUrl();

    [GeneratedRegex("<add\\s[^>]*value=\"http://", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex NuGetSource();

    [GeneratedRegex("http://(?:localhost|127\\.|\\[::1\\]|host\\.docker)", RegexOptions.NonBacktracking)]
    private static partial Regex LocalHost();

    [GeneratedRegex("^(?:git(?:\\+[a-z]+)?://[^#]+|git\\+[a-z]+:[^#]+|(?:github|gitlab|bitbucket):[^#]+|[A-Za-z0-9][\\w.-]*/[\\w.-]+|https?://[^#]+\\.git)(?:#(?:master|main|develop))?$", RegexOptions.NonBacktracking)]
    private static partial Regex GitUrl();

    [GeneratedRegex("\"type\"\\s*:\\s*\"project\"", RegexOptions.NonBacktracking)]
    private static partial Regex ProjectType();

    [GeneratedRegex("<version>[^<]*-SNAPSHOT\\s*</version>", RegexOptions.NonBacktracking)]
    private static partial Regex SnapshotVersion();

    [GeneratedRegex("^[A-Za-z0-9][\\w.-]*(?:\\[[^\\]]*\\])?\\s*(?:>=?\\s*[\\w.]+\\s*)?(?:;.*|#.*)?$", RegexOptions.NonBacktracking)]
    private static partial Regex OpenRequirement();

    [GeneratedRegex("^[A-Za-z0-9][\\w.-]*", RegexOptions.NonBacktracking)]
    private static partial Regex RequirementName();

    [GeneratedRegex("<Package(?:Reference|Version)\\s[^>]*\\bVersion=\"[^\"]*\\*[^\"]*\"", RegexOptions.NonBacktracking)]
    private static partial Regex FloatingPackage();
}
