using System.Text.RegularExpressions;
using Muster.Agents.Inspect.Rules;
using Muster.Artefacts;

namespace Muster.Agents.Inspect.Checks;

/// <summary>Files that a repository should not carry: by size, by kind, by number of lines. Large files are never read.</summary>
public sealed partial class LargeFilesCheck : ICheck
{
    private const long Large = 1 << 20;
    private const long Huge = 10 << 20;
    private const int MaxLines = 2_000;
    private const int MaxKeyLength = 64 << 10;

    /// <inheritdoc/>
    public string Id => "large-files";

    /// <inheritdoc/>
    public IEnumerable<Finding> Run(CheckContext context, CancellationToken cancellationToken)
    {
        foreach (var file in context.Scope)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (file.Path.Any(char.IsControl))
            {
                continue;
            }

            if (OfKind(file) is { } kind)
            {
                yield return kind;
            }
            else if (file.Length > Huge || (file.Length > Large && !LockPattern().IsMatch(file.Name)))
            {
                yield return new(Severity.Minor, file.Path, null, null,
                    $"The file has {file.Length / 1048576.0:0.0} MB; keep it outside the repository or in Git LFS.",
                    file.Length > Huge ? "large-files-huge" : "large-files-size");
            }
            else if (file.Length > MaxLines && SourcePattern().IsMatch(file.Name) && !TestPaths.Contains(file.Path)
                && file.ReadLines() is { Length: > MaxLines } lines && !lines.Take(15).Any(line => GeneratedPattern().IsMatch(line)))
            {
                yield return new(Severity.Minor, file.Path, null, null,
                    $"The source file has {lines.Length} lines; split it by responsibility.", "large-files-source-lines");
            }
        }
    }

    private static Finding? OfKind(SourceFile file)
    {
        if (TestPaths.Contains(file.Path) || file.Length == 0)
        {
            return null;
        }

        return file.Extension switch
        {
            ".p12" or ".pfx" or ".jks" or ".keystore" when !file.Name.StartsWith("debug", StringComparison.OrdinalIgnoreCase) =>
                new(Severity.Major, file.Path, null, null,
                    "A key store is part of the repository; remove it, replace its keys and keep the new one in a secret store.", "large-files-key-store"),
            ".pem" when file.Length <= MaxKeyLength && PrivateKeyLine(file) is { } line =>
                new(Severity.Major, file.Path, line, null,
                    "A private key is part of the repository; remove it, replace it and keep the new one in a secret store.", "large-files-private-key"),
            ".exe" or ".dll" or ".so" or ".dylib" or ".zip" or ".jar" or ".war" or ".class" or ".pyc" or ".o" or ".a"
                or ".db" or ".sqlite" or ".sqlite3" or ".7z" or ".rar" or ".msi"
                when !WrapperPattern().IsMatch(file.Path) =>
                new(Severity.Minor, file.Path, null, null,
                    $"A binary ({file.Extension}) is part of the repository; build or download it where it is needed.", "large-files-binary"),
            _ => null,
        };
    }

    private static int? PrivateKeyLine(SourceFile file) =>
        Array.FindIndex(file.ReadLines(), line => PrivateKeyPattern().IsMatch(line)) is var at and >= 0 ? at + 1 : null;

    [GeneratedRegex("^-----BEGIN [A-Z ]*PRIVATE KEY-----", RegexOptions.NonBacktracking)]
    private static partial Regex PrivateKeyPattern();

    [GeneratedRegex("(?:^|/)(?:gradle|maven)-wrapper\\.jar$", RegexOptions.NonBacktracking)]
    private static partial Regex WrapperPattern();

    [GeneratedRegex("^(?:package-lock\\.json|npm-shrinkwrap\\.json|pnpm-lock\\.yaml|.*\\.lock|go\\.sum|packages\\.lock\\.json)$", RegexOptions.NonBacktracking)]
    private static partial Regex LockPattern();

    [GeneratedRegex("\\.(?:cs|fs|vb|java|kt|scala|groovy|py|rb|php|go|rs|c|cc|cpp|cxx|h|hpp|swift|m|mm|js|mjs|cjs|ts|tsx|jsx|dart|ex|erl|hs|lua|zig|vue|svelte)$", RegexOptions.NonBacktracking)]
    private static partial Regex SourcePattern();

    [GeneratedRegex("generated|do not edit|@preserve|amalgamation", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex GeneratedPattern();
}
