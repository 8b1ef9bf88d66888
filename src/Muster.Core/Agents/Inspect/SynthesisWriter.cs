using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Muster.Artefacts;

namespace Muster.Agents.Inspect;

/// <summary>The inspector's own coordinator: joins the findings of its files, removes duplicates, ranks them.</summary>
internal static partial class SynthesisWriter
{
    private const int MostFindings = 500;
    private const int InSummary = 6;
    private const int MostGapsInSummary = 5;
    private const int LineLength = 120;
    private const int PlacesInSummary = 3;
    private const int PlacesLength = 100;
    private const int MostTasksInLine = 5;

    private static readonly ImmutableArray<(string Title, FindingStanding Standing)> Sections =
        [("Findings", FindingStanding.Counted), ("Ungrounded", FindingStanding.Ungrounded), ("Suppressed", FindingStanding.Suppressed)];

    /// <summary>The synthesis' text and the summary that the parent reads.</summary>
    public static (string File, string Summary) Write(AgentTask task)
    {
        var joined = new Dictionary<(FindingStanding, string, int?, string), JoinedFinding>();
        foreach (var input in task.Inputs)
        {
            foreach (var finding in Read(input))
            {
                var key = (finding.Standing, finding.Finding.Path, finding.Finding.Line, finding.Finding.Rule ?? finding.Finding.Message);
                joined[key] = joined.TryGetValue(key, out var known) ? known.With(finding) : finding;
            }
        }

        var ranked = joined.Values
            .OrderByDescending(f => f.Finding.Severity)
            .ThenByDescending(f => f.Tasks.Count)
            .ThenBy(f => f.Finding.Path, StringComparer.Ordinal)
            .ThenBy(f => f.Finding.Line ?? 0)
            .ToLookup(f => f.Standing);
        return (FileOf(task, ranked), SummaryOf(task, ranked));
    }

    /// <summary>A synthesis has been ranked before; a worker's findings stand as the engine found them when it looked where they point.</summary>
    private static IEnumerable<JoinedFinding> Read(AgentInput input)
    {
        var text = File.ReadAllText(input.Path);
        if (IsSynthesis(input))
        {
            return Sections.SelectMany(section => WorkerFile.Parse(text, section.Title).Findings
                .Select(finding => FromSynthesis(finding, input.TaskId, section.Standing)));
        }

        var findings = WorkerFile.Parse(text).Findings;
        var evidence = EvidenceFile.Read(EvidenceFile.PathBeside(input.Path), input.Sha256, findings.Length);
        return findings.Select((finding, i) => new JoinedFinding(finding, evidence?[i] switch
        {
            { IsGrounded: false } => FindingStanding.Ungrounded,
            { SuppressedBecause: not null } => FindingStanding.Suppressed,
            _ => FindingStanding.Counted,
        }, [input.TaskId]));
    }

    /// <summary>A synthesis' key has its domain before a slash; a task's id has none.</summary>
    private static bool IsSynthesis(AgentInput input) => input.TaskId.Contains('/');

    /// <summary>
    /// A synthesis names its findings' tasks at the end of the bullet, and the engine has seen that they exist. What a worker writes there
    /// is the worker's.
    /// </summary>
    private static JoinedFinding FromSynthesis(Finding finding, string reader, FindingStanding standing) =>
        SourcesPattern().Match(finding.Message) is { Success: true } match
        && WorkerFile.ParseFinding(WorkerFile.RenderFinding(finding with { Message = finding.Message[..match.Index].TrimEnd() })) is { } own
            ? new(own, standing, [.. match.Groups["ids"].Value.Split(", ")])
            : new(finding, standing, [reader]);

    private static string FileOf(AgentTask task, ILookup<FindingStanding, JoinedFinding> ranked)
    {
        var text = new StringBuilder().Append("# ").Append(task.Title.ReplaceLineEndings(" ")).Append("\n\n")
            .Append($"{task.Verified:N0} of {task.Planned:N0} workers were verified; {Counts(ranked)}.\n");
        foreach (var (title, standing) in Sections)
        {
            Append(text, title, [.. ranked[standing]]);
        }

        var used = ranked.SelectMany(f => f).SelectMany(f => f.Tasks).ToHashSet(StringComparer.Ordinal);
        var silent = task.Inputs.Where(input => !used.Contains(input.TaskId)).Select(input => input.TaskId).ToList();
        if (silent.Count > 0)
        {
            text.Append("\n## Read\n\n").AppendJoin('\n', silent.Select(id => $"- {id}")).Append('\n');
        }

        if (!task.Gaps.IsEmpty)
        {
            text.Append("\n## Gaps\n\n").AppendJoin('\n', task.Gaps.Select(gap => $"- {gap.ReplaceLineEndings(" ")}")).Append('\n');
        }

        return text.Append('\n').Append(WorkerFile.Sentinel).Append('\n').ToString();
    }

    private static void Append(StringBuilder text, string title, List<JoinedFinding> findings)
    {
        if (findings.Count == 0 && title != Sections[0].Title)
        {
            return;
        }

        text.Append("\n## ").Append(title).Append("\n\n").Append(findings.Count == 0 ? "- none\n" : string.Empty);
        foreach (var (finding, _, tasks) in findings.Take(MostFindings))
        {
            text.Append("- ").Append(WorkerFile.RenderFinding(finding)).Append(" [").AppendJoin(", ", tasks).Append("]\n");
        }

        text.Append(findings.Count > MostFindings ? $"- {findings.Count - MostFindings:N0} more stand in the files below\n" : string.Empty);
    }

    private static string SummaryOf(AgentTask task, ILookup<FindingStanding, JoinedFinding> ranked)
    {
        var text = new StringBuilder($"{task.Verified:N0} of {task.Planned:N0} workers verified: {Counts(ranked)}.");
        foreach (var problem in Problems([.. ranked[FindingStanding.Counted]]).Take(InSummary))
        {
            text.Append("\n- ").Append(problem);
        }

        foreach (var gap in task.Gaps.Take(MostGapsInSummary))
        {
            text.Append($"\n- gap {(gap.Length > LineLength ? gap[..LineLength] + "…" : gap)}");
        }

        return text.Append(task.Gaps.Length > MostGapsInSummary ? $"\n- {task.Gaps.Length - MostGapsInSummary} more gaps" : string.Empty).ToString();
    }

    /// <summary>The same mistake in ten places is one problem to the parent: each is told once, with its first places.</summary>
    private static IEnumerable<string> Problems(List<JoinedFinding> ranked)
    {
        var problems = ranked.GroupBy(f => (f.Finding.Severity, f.Finding.Rule ?? f.Finding.Message)).Select(group => group.ToList())
            .OrderByDescending(group => group[0].Finding.Severity).ThenByDescending(group => group.Count);
        foreach (var group in problems)
        {
            var first = group[0].Finding;
            var shown = PlacesOf(group);
            var more = group.Count > shown.Count ? $" and {group.Count - shown.Count:N0} more" : string.Empty;
            var places = string.Join(", ", shown);
            var message = group.Count > 1 && first.Quote is { } quote ? first.Message.Replace($": `{quote}`", string.Empty, StringComparison.Ordinal) : first.Message;
            message = message.Length > LineLength ? message[..LineLength] + "…" : message;
            var tasks = group.Aggregate(ImmutableSortedSet<string>.Empty, (all, f) => all.Union(f.Tasks));
            yield return $"{first.Severity.ToString().ToLowerInvariant()} {places}{more}: {message} [{string.Join(", ", tasks.Take(MostTasksInLine))}]";
        }
    }

    private static List<string> PlacesOf(List<JoinedFinding> group)
    {
        var places = group.Take(PlacesInSummary).Select(f => f.Finding.Location).ToList();
        while (places.Count > 1 && places.Sum(place => place.Length) > PlacesLength)
        {
            places.RemoveAt(places.Count - 1);
        }

        return places;
    }

    private static string Counts(ILookup<FindingStanding, JoinedFinding> ranked)
    {
        var counts = ranked[FindingStanding.Counted].CountBy(f => f.Finding.Severity).ToDictionary();
        var counted = counts.Count == 0
            ? "no findings"
            : string.Join(", ", Enum.GetValues<Severity>().OrderDescending().Where(counts.ContainsKey)
                .Select(severity => $"{counts[severity]:N0} {severity.ToString().ToLowerInvariant()}"));
        var apart = string.Join(", ", Sections.Where(s => s.Standing is not FindingStanding.Counted && ranked[s.Standing].Any())
            .Select(s => $"{ranked[s.Standing].Count():N0} {s.Title.ToLowerInvariant()}"));
        return apart.Length == 0 ? counted : $"{counted}; not counted: {apart}";
    }

    [GeneratedRegex(@"(?:^|\s)\[(?<ids>[a-z0-9][a-z0-9._-]{0,63}(?:, [a-z0-9][a-z0-9._-]{0,63})*)\]$", RegexOptions.NonBacktracking)]
    private static partial Regex SourcesPattern();

    /// <summary>A finding with the tasks that made it.</summary>
    private sealed record JoinedFinding(Finding Finding, FindingStanding Standing, ImmutableSortedSet<string> Tasks)
    {
        /// <summary>Both say the same: the worse severity stands, and all tasks are named.</summary>
        public JoinedFinding With(JoinedFinding other) =>
            new(Finding.Severity >= other.Finding.Severity ? Finding : other.Finding, Standing, Tasks.Union(other.Tasks));
    }
}
