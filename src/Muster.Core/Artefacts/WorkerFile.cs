using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Muster.Artefacts;

/// <summary>A worker's file, read: its title, what it found, what it says beside.</summary>
/// <param name="Title">The first heading of level one; empty when there is none.</param>
/// <param name="Findings">Bullets under "Findings", whatever their mark, that have the form of a finding.</param>
/// <param name="Notes">Bullets there that do not; kept as they are, "- none" left out.</param>
/// <param name="Recommendation">The text under "Recommendation"; null when there is none.</param>
public sealed partial record WorkerFile(
    string Title, ImmutableArray<Finding> Findings, ImmutableArray<string> Notes, string? Recommendation)
{
    /// <summary>The last non-blank line of every finished file.</summary>
    public const string Sentinel = "<!-- DONE -->";

    /// <summary>Reads what <see cref="Render"/> writes and whatever an agent wrote in its place; never fails.</summary>
    public static WorkerFile Parse(string text) => Parse(text, "Findings");

    /// <summary>The same for a section that holds findings under another name.</summary>
    internal static WorkerFile Parse(string text, string section)
    {
        var title = string.Empty;
        var bullets = new List<StringBuilder>();
        var recommendation = new StringBuilder();
        StringBuilder? open = null; // The bullet that lines of text go on with.
        var lines = new WorkerFileLines(text);
        while (lines.MoveNext())
        {
            if (lines.Kind is WorkerFileLine.Sentinel or WorkerFileLine.Text && lines.Text is Sentinel)
            {
                open = null; // Indented it ends no file, but it is no text of one either.
                continue;
            }

            if (lines.Kind is WorkerFileLine.Text && open is not null)
            {
                open.Append(' ').Append(lines.Text);
                continue;
            }

            open = null;
            if (lines.Kind is WorkerFileLine.Title && title.Length == 0)
            {
                title = lines.Text.ToString();
            }
            else if (lines.Kind is WorkerFileLine.Bullet && lines.Section.Equals(section, StringComparison.OrdinalIgnoreCase))
            {
                bullets.Add(open = new StringBuilder().Append(lines.Text));
            }
            else if (lines.Kind is not (WorkerFileLine.Title or WorkerFileLine.Section)
                && lines.Section.Equals("Recommendation", StringComparison.OrdinalIgnoreCase))
            {
                recommendation.Append(lines.Line).Append('\n');
            }
        }

        var findings = ImmutableArray.CreateBuilder<Finding>();
        var notes = ImmutableArray.CreateBuilder<string>();
        foreach (var bullet in bullets)
        {
            AddBullet(bullet.ToString(), findings, notes);
        }

        var advice = recommendation.ToString().Trim();
        return new(title, findings.ToImmutable(), notes.ToImmutable(), advice.Length == 0 ? null : advice);
    }

    /// <summary>The file as text with LF line ends; ends with the sentinel and a final newline.</summary>
    public string Render()
    {
        var text = new StringBuilder().Append("# ").Append(OneLine(Title)).Append("\n\n## Findings\n\n");
        if (Findings.IsEmpty && Notes.IsEmpty)
        {
            text.Append("- none\n");
        }

        foreach (var finding in Findings)
        {
            text.Append("- ").Append(RenderFinding(finding)).Append('\n');
        }

        foreach (var note in Notes)
        {
            text.Append("- ").Append(OneLine(note)).Append('\n');
        }

        if (Recommendation is { Length: > 0 } advice)
        {
            text.Append("\n## Recommendation\n\n").Append(advice.Trim()).Append('\n');
            var fence = default(CodeFence);
            foreach (var line in advice.AsSpan().Trim().EnumerateLines())
            {
                fence.Take(line);
            }

            text.Append(fence.IsOpen ? fence.Closing + "\n" : string.Empty); // Else the sentinel would stand inside a code block.
        }

        return text.Append('\n').Append(Sentinel).Append('\n').ToString();
    }

    /// <summary>A finding as one bullet's text, rule in brackets at its end where there is one.</summary>
    public static string RenderFinding(Finding finding) =>
        $"[{finding.Severity.ToString().ToLowerInvariant()}] {finding.Location}: {OneLine(finding.Message)}"
        + (finding.Rule is { } rule ? $" ({rule})" : string.Empty);

    /// <summary>The finding that a bullet's text (without its "- ") holds, or null when it has another form.</summary>
    public static Finding? ParseFinding(string bullet)
    {
        var match = FindingPattern().Match(bullet);
        if (!match.Success)
        {
            return null;
        }

        var severity = Enum.Parse<Severity>(match.Groups["severity"].Value, ignoreCase: true);
        var message = match.Groups["message"].Value.Trim();
        var rule = RulePattern().Match(message);
        int? line = Number(match.Groups["line"]), end = Number(match.Groups["end"]);
        return new(
            severity,
            match.Groups["path"].Value,
            line,
            end is { } e && line is { } l && e >= l ? end : null,
            rule.Success ? message[..rule.Index].TrimEnd() : message,
            rule.Success ? rule.Groups["rule"].Value : null,
            EvidenceQuotes.Of(message).Claims is [var quote, ..] ? quote : null);
    }

    private static void AddBullet(
        string bullet, ImmutableArray<Finding>.Builder findings, ImmutableArray<string>.Builder notes)
    {
        if (ParseFinding(bullet) is { } finding)
        {
            findings.Add(finding);
        }
        else if (!bullet.Equals("none", StringComparison.OrdinalIgnoreCase))
        {
            notes.Add(bullet);
        }
    }

    private static int? Number(Group group) =>
        int.TryParse(group.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : null;

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Trim();

    [GeneratedRegex(
        @"^\[(?<severity>critical|major|minor)\]\s+(?<path>[^\r\n]+?)(?::(?<line>[0-9]{1,9})(?:-(?<end>[0-9]{1,9}))?)?:\s+(?<message>.+)$",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex FindingPattern();

    [GeneratedRegex(@"\((?<rule>[a-z][a-z0-9]*(?:-[a-z0-9]+)+)\)$", RegexOptions.NonBacktracking)]
    private static partial Regex RulePattern();
}
