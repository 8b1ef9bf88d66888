using System.Text.RegularExpressions;
using Muster.Artefacts;

namespace Muster.Agents.Inspect.Checks;

/// <summary>Risks in Dockerfiles: root, moving base images, downloads that are run unseen, secrets in the image.</summary>
public sealed partial class DockerfileCheck : ICheck
{
    private const string SecretName = "(?<name>[A-Za-z0-9_]*(?:PASSWORD|PASSWD|SECRET|API_?KEY|ACCESS_KEY|PRIVATE_KEY|AUTH_TOKEN|ACCESS_TOKEN)[A-Za-z0-9_]*)";

    /// <inheritdoc/>
    public string Id => "dockerfile";

    /// <inheritdoc/>
    public IEnumerable<Finding> Run(CheckContext context, CancellationToken cancellationToken)
    {
        foreach (var file in context.Scope.Where(IsDockerfile))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var finding in Look(file, file.ReadLines(), context.Tree))
            {
                yield return finding;
            }
        }
    }

    private static bool IsDockerfile(SourceFile file) =>
        file.Name is "Dockerfile" or "Containerfile" || file.Name.StartsWith("Dockerfile.", StringComparison.Ordinal) || file.Extension is ".dockerfile";

    private static List<Finding> Look(SourceFile file, string[] lines, SourceTree tree)
    {
        var found = new List<Finding>();
        var stages = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var (lastFrom, hasUser, user) = (0, false, string.Empty);
        foreach (var (number, text) in Instructions(lines))
        {
            var (word, rest) = Split(text);
            switch (word)
            {
                case "FROM":
                    (lastFrom, hasUser) = (number, false);
                    var image = rest.Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(part => !part.StartsWith("--", StringComparison.Ordinal)) ?? string.Empty;
                    if (image is not ("scratch" or "") && !image.Contains('$') && !stages.Contains(image) && IsMoving(image))
                    {
                        found.Add(CheckFinding.At(file, lines, number, Severity.Minor, "dockerfile-moving-image", $"the base image {CheckFinding.Shown(image)} has no fixed tag; pin a version, or better its digest", image));
                    }

                    if (StagePattern().Match(rest) is { Success: true } stage)
                    {
                        stages.Add(stage.Groups["name"].Value);
                    }

                    break;
                case "USER":
                    (hasUser, user) = (true, rest.Split(':')[0].Trim());
                    break;
                case "ADD" when rest.Contains("http://", StringComparison.Ordinal) || rest.Contains("https://", StringComparison.Ordinal):
                    if (!rest.Contains("--checksum", StringComparison.Ordinal))
                    {
                        found.Add(CheckFinding.At(file, lines, number, Severity.Minor, "dockerfile-add-download", "ADD downloads without a checksum; add --checksum, or fetch and verify in RUN"));
                    }

                    break;
                case "RUN" when PipedDownload.IsIn(rest):
                    found.Add(CheckFinding.At(
                        file, lines, number, rest.Contains("http:", StringComparison.Ordinal) ? Severity.Major : Severity.Minor, "dockerfile-piped-download", "a downloaded script is run unseen; fetch it, check its hash, then run it"));
                    break;
                case "ENV" or "ARG" when SecretPattern().Matches(rest).FirstOrDefault(match => !match.Groups["name"].Value.EndsWith("_FILE", StringComparison.OrdinalIgnoreCase)) is { } secret:
                    found.Add(CheckFinding.At(
                        file, lines, number, Severity.Minor, "dockerfile-secret-value",
                        $"{CheckFinding.Shown(secret.Groups["name"].Value)} is set to a literal value and stays in the image's history; use a build secret (RUN --mount=type=secret)"));
                    break;
                case "COPY" when WholePattern().IsMatch(rest) && !tree.Files.Any(f => f.Name == ".dockerignore"):
                    found.Add(CheckFinding.At(file, lines, number, Severity.Minor, "dockerfile-copies-all", "the whole directory is copied and there is no .dockerignore; add one that leaves out .git and secrets"));
                    break;
            }
        }

        if (lastFrom > 0 && (!hasUser || user is "root" or "0"))
        {
            found.Add(CheckFinding.At(file, lines, lastFrom, Severity.Minor, "dockerfile-runs-as-root", "the image runs as root; end it with a USER that has no rights"));
        }

        return found;
    }

    /// <summary>Instructions with their continuation lines joined.</summary>
    private static IEnumerable<(int Number, string Text)> Instructions(string[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            var (start, text) = (i + 1, lines[i].Trim());
            if (text.Length == 0 || text[0] == '#')
            {
                continue;
            }

            while (text.EndsWith('\\') && ++i < lines.Length)
            {
                var next = lines[i].Trim();
                text = next.StartsWith('#') ? text : text[..^1] + " " + next;
            }

            yield return (start, text);
        }
    }

    private static (string Word, string Arguments) Split(string text)
    {
        var at = text.IndexOfAny([' ', '\t']);
        return at < 0 ? (text.ToUpperInvariant(), string.Empty) : (text[..at].ToUpperInvariant(), text[(at + 1)..].Trim());
    }

    private static bool IsMoving(string image)
    {
        if (image.Contains('@'))
        {
            return false;
        }

        var tag = image.LastIndexOf(':') is var at && at > image.LastIndexOf('/') ? image[(at + 1)..] : string.Empty;
        return tag is "" or "latest";
    }

    [GeneratedRegex(@"\s[Aa][Ss]\s+(?<name>\S+)\s*$", RegexOptions.NonBacktracking)]
    private static partial Regex StagePattern();

    [GeneratedRegex(@"^(?:--\S+\s+)*\.\s+\S+$", RegexOptions.NonBacktracking)]
    private static partial Regex WholePattern();

    [GeneratedRegex(
        @"(?:^" + SecretName + @"\s+|(?:^|\s)" + SecretName + @"=)[""']?[^\s""'$<{/][^\s""'$<{]{5,}",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex SecretPattern();
}
