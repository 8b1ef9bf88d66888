using System.Text;
using System.Text.RegularExpressions;

namespace Muster.Loopback.Rehearsing;

/// <summary>What a good worker or coordinator would have written, without having thought.</summary>
internal static partial class RehearsedFile
{
    private const string End = "<!-- DONE -->\n";
    private const int MostInSummary = 6;

    private static readonly string[] Severities = ["- [critical]", "- [major]", "- [minor]"];

    public static string OfWorker(MusterPrompt prompt) =>
        $"# {Title(prompt)}\n\n## Findings\n\n- [minor] .: this is a rehearsal, no model looked at the tree\n\n{End}";

    /// <summary>A plan of three domains with three tasks each, over the whole tree.</summary>
    public static string OfPlanner(MusterPrompt prompt)
    {
        var plan = new StringBuilder("goal: A rehearsal\ndomains:\n");
        foreach (var (id, model) in new[] { ("reading", "haiku"), ("judging", "sonnet"), ("deciding", "opus") })
        {
            plan.Append($"  - id: {id}\n    title: {char.ToUpperInvariant(id[0])}{id[1..]}\n    tasks:\n");
            for (var task = 1; task <= 3; task++)
            {
                plan.Append($"      - {{ id: {id}-{task}, name: Rehearsed task {task}, task: \"Look at a part of the tree, as a rehearsal.\", model: {model}, tools: [Read, Grep, Glob] }}\n");
            }
        }

        return $"# {Title(prompt)}\n\n## Findings\n\n- none\n\n## Plan\n\n```yaml\n{plan}```\n\n{End}";
    }

    /// <summary>The inputs' findings, joined where two say the same, each with its tasks; inputs without one are named as read.</summary>
    public static string OfCoordinator(MusterPrompt prompt, IEnumerable<string> toolResults)
    {
        var findings = Findings(prompt, toolResults);
        var text = new StringBuilder($"# {Title(prompt)}\n\n{prompt.Denominator}\n\n## Findings\n\n");
        text.AppendJoin('\n', findings.Select(f => f.Line).DefaultIfEmpty("- none")).Append('\n');
        var silent = prompt.Inputs.Where(input => !findings.Exists(f => f.Tasks.Contains(input.Id))).ToList();
        if (silent.Count > 0)
        {
            text.Append("\n## Read\n\n").AppendJoin('\n', silent.Select(input => $"- {input.Id}")).Append('\n');
        }

        var gaps = prompt.Material.Where(m => m.Label is "gaps").Select(m => m.Content).ToList();
        if (gaps.Count > 0)
        {
            text.Append("\n## Gaps\n\n").AppendJoin('\n', gaps).Append('\n');
        }

        return text.Append('\n').Append(End).ToString();
    }

    /// <summary>What the coordinator returns to its parent.</summary>
    public static string Summary(MusterPrompt prompt, IEnumerable<string> toolResults)
    {
        var findings = Findings(prompt, toolResults);
        return $"{prompt.Denominator} {findings.Count} findings after joining.\n"
            + string.Join('\n', findings.Take(MostInSummary).Select(f => f.Line));
    }

    /// <summary>The worst first.</summary>
    private static List<(string Line, SortedSet<string> Tasks)> Findings(MusterPrompt prompt, IEnumerable<string> toolResults)
    {
        var files = prompt.Material.Where(m => m.Label.Contains(", sha256 ", StringComparison.Ordinal))
            .Select(m => (Id: m.Label[..m.Label.IndexOf(',', StringComparison.Ordinal)], m.Content)).ToList();
        var joined = new Dictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (var (id, content) in files.Count > 0 ? files : toolResults.Select(result => (Id: string.Empty, result)))
        {
            foreach (Match match in BulletPattern().Matches(content))
            {
                // Only a synthesis, whose id has a slash, names tasks at the end of its bullets; in a worker's that is the worker's own text.
                var isCited = id.Contains('/') && match.Groups["ids"].Success;
                var said = isCited ? match.Groups["said"].Value : match.Groups["all"].Value;
                joined.TryAdd(said, new(StringComparer.Ordinal));
                joined[said].UnionWith(isCited ? match.Groups["ids"].Value.Split(',', StringSplitOptions.TrimEntries) : id.Length > 0 && !id.Contains('/') ? [id] : []);
            }
        }

        return [.. joined.OrderBy(f => Array.FindIndex(Severities, severity => f.Key.StartsWith(severity, StringComparison.Ordinal)))
            .Select(f => (f.Value.Count > 0 ? $"{f.Key} [{string.Join(", ", f.Value)}]" : f.Key, f.Value))];
    }

    private static string Title(MusterPrompt prompt) => prompt.Name.Length == 0 ? "A rehearsal" : prompt.Name.ReplaceLineEndings(" ");

    [GeneratedRegex(@"^(?<all>(?<said>- \[(?:critical|major|minor)\] [^\n]*?)(?: \[(?<ids>[a-z0-9][a-z0-9._, -]*)\])?)\r?$", RegexOptions.Multiline, 1_000)]
    private static partial Regex BulletPattern();
}
