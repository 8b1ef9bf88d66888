using System.Globalization;
using System.Text.RegularExpressions;
using Muster.Artefacts;
using Muster.Git;

namespace Muster.Agents.Inspect.Checks;

/// <summary>Marks of debt in comments, with their age from git.</summary>
public sealed partial class DebtAgeCheck : ICheck
{
    private const int MostFiles = 40;
    private const int MostPerFile = 3;
    private const int MostBlamed = 100;
    private const int DaysOfYear = 365;
    private static readonly TimeSpan Old = TimeSpan.FromDays(DaysOfYear);

    /// <summary>History before this is not walked: on an old repository git needs seconds a file for it, and "over three years" says enough.</summary>
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(3 * DaysOfYear);

    /// <inheritdoc/>
    public string Id => "debt-age";

    /// <inheritdoc/>
    public IEnumerable<Finding> Run(CheckContext context, CancellationToken cancellationToken)
    {
        var asked = 0;
        foreach (var file in context.Scope)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var lines = file.ReadLines();
            var marks = Enumerable.Range(0, lines.Length).Where(i => MarkPattern().IsMatch(lines[i])).ToList();
            if (marks.Count == 0)
            {
                continue;
            }

            var ages = context.Tree.IsGit && asked++ < MostFiles ? Ages(context, file, marks, cancellationToken) : [];
            foreach (var i in marks.OrderByDescending(i => ages.GetValueOrDefault(i + 1)).Take(MostPerFile))
            {
                var mark = MarkPattern().Match(lines[i]).Groups["mark"].Value;
                var age = ages.GetValueOrDefault(i + 1);
                var told = age >= Oldest ? $", over {Oldest.TotalDays / DaysOfYear:0} years old"
                    : age > Old ? string.Create(CultureInfo.InvariantCulture, $", {age.TotalDays / DaysOfYear:0.#} years old") : string.Empty;
                yield return CheckFinding.At(
                    file, lines, i + 1, Severity.Minor, age > Old ? "debt-age-old-mark" : "debt-age-mark", $"{mark} mark{told}; do it, or move it to the issue tracker", mark);
            }

            if (marks.Count > MostPerFile)
            {
                yield return CheckFinding.At(file, lines, marks[0] + 1, Severity.Minor, "debt-age-many-marks", $"{marks.Count} debt marks in this file, the oldest {MostPerFile} are told; clear them out together");
            }
        }
    }

    private static Dictionary<int, TimeSpan> Ages(CheckContext context, SourceFile file, List<int> marks, CancellationToken cancellationToken)
    {
        var ages = new Dictionary<int, TimeSpan>();
        var since = (context.Now - Oldest).ToUnixTimeSeconds();
        string[] command =
        [
            "blame", "--line-porcelain", $"--since={since}", .. marks.Take(MostBlamed).SelectMany(i => new[] { "-L", $"{i + 1},{i + 1}" }), "--", file.Path,
        ];
        var line = 0;
        foreach (var text in (GitCommand.Read(context.Tree.Root, command, cancellationToken) ?? string.Empty).Split('\n'))
        {
            if (HeaderPattern().Match(text) is { Success: true } header)
            {
                line = int.Parse(header.Groups["line"].Value, CultureInfo.InvariantCulture);
            }
            else if (text.StartsWith("author-time ", StringComparison.Ordinal) && long.TryParse(text.AsSpan(12), CultureInfo.InvariantCulture, out var seconds))
            {
                ages[line] = context.Now - DateTimeOffset.FromUnixTimeSeconds(seconds);
            }
        }

        return ages;
    }

    [GeneratedRegex(@"(?:^|\s)(?://|#|/\*|\*|<!--|--|;)+.{0,40}?\b(?<mark>TODO|FIXME|HACK|XXX)\b(?:[\s:(]|$)", RegexOptions.NonBacktracking)]
    private static partial Regex MarkPattern();

    [GeneratedRegex(@"^[0-9a-f]{40,64} [0-9]{1,9} (?<line>[0-9]{1,9})", RegexOptions.NonBacktracking)]
    private static partial Regex HeaderPattern();
}
