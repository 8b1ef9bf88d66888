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

    /// <summary>The synthesis' text and the summary that the parent reads.</summary>
    public static (string File, string Summary) Write(AgentTask task)
    {
        var ranked = Join(task.Inputs);
        return (FileOf(task, ranked), SummaryOf(task, ranked));
    }

    private static List<(Finding Finding, ImmutableSortedSet<string> Tasks)> Join(IEnumerable<AgentInput> inputs)
    {
        var joined = new Dictionary<(string, int?, string), (Finding Finding, ImmutableSortedSet<string> Tasks)>();
        foreach (var input in inputs)
        {
            foreach (var raw in WorkerFile.Parse(File.ReadAllText(input.Path)).Findings)
            {
                var (finding, tasks) = Sources(raw, input.TaskId);
                var key = (finding.Path, finding.Line, finding.Rule ?? finding.Message);
                joined[key] = joined.TryGetValue(key, out var known)
                    ? (known.Finding.Severity >= finding.Severity ? known.Finding : finding, known.Tasks.Union(tasks))
                    : (finding, tasks);
            }
        }

        return [.. joined.Values
            .OrderByDescending(f => f.Finding.Severity)
            .ThenByDescending(f => f.Tasks.Count)
            .ThenBy(f => f.Finding.Path, StringComparer.Ordinal)
            .ThenBy(f => f.Finding.Line ?? 0)];
    }

    /// <summary>A synthesis names its findings' tasks at the end of the bullet; a worker's file is its own source.</summary>
    private static (Finding Finding, ImmutableSortedSet<string> Tasks) Sources(Finding finding, string reader)
    {
        var match = SourcesPattern().Match(finding.Message);
        return match.Success
            ? (WorkerFile.ParseFinding(WorkerFile.RenderFinding(finding with { Message = finding.Message[..match.Index].TrimEnd() })) ?? finding,
                [.. match.Groups["ids"].Value.Split(", ")])
            : (finding, [reader]);
    }

    private static string FileOf(AgentTask task, List<(Finding Finding, ImmutableSortedSet<string> Tasks)> ranked)
    {
        var text = new StringBuilder().Append("# ").Append(task.Title.ReplaceLineEndings(" ")).Append("\n\n")
            .Append($"{task.Verified:N0} of {task.Planned:N0} workers were verified; {Counts(ranked)}.\n\n## Findings\n\n");
        foreach (var (finding, tasks) in ranked.Take(MostFindings))
        {
            text.Append("- ").Append(WorkerFile.RenderFinding(finding)).Append(" [").AppendJoin(", ", tasks).Append("]\n");
        }

        text.Append(ranked.Count == 0 ? "- none\n" : string.Empty);
        text.Append(ranked.Count > MostFindings ? $"- {ranked.Count - MostFindings:N0} more stand in the files below\n" : string.Empty);
        var used = ranked.SelectMany(f => f.Tasks).ToHashSet(StringComparer.Ordinal);
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

    private static string SummaryOf(AgentTask task, List<(Finding Finding, ImmutableSortedSet<string> Tasks)> ranked)
    {
        var text = new StringBuilder($"{task.Verified:N0} of {task.Planned:N0} workers verified: {Counts(ranked)}.");
        foreach (var problem in Problems(ranked).Take(InSummary))
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
    private static IEnumerable<string> Problems(List<(Finding Finding, ImmutableSortedSet<string> Tasks)> ranked)
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

    private static List<string> PlacesOf(List<(Finding Finding, ImmutableSortedSet<string> Tasks)> group)
    {
        var places = group.Take(PlacesInSummary).Select(f => f.Finding.Location).ToList();
        while (places.Count > 1 && places.Sum(place => place.Length) > PlacesLength)
        {
            places.RemoveAt(places.Count - 1);
        }

        return places;
    }

    private static string Counts(List<(Finding Finding, ImmutableSortedSet<string> Tasks)> ranked)
    {
        var counts = ranked.CountBy(f => f.Finding.Severity).ToDictionary();
        return ranked.Count == 0
            ? "no findings"
            : string.Join(", ", Enum.GetValues<Severity>().OrderDescending().Where(counts.ContainsKey)
                .Select(severity => $"{counts[severity]:N0} {severity.ToString().ToLowerInvariant()}"));
    }

    [GeneratedRegex(@"\[(?<ids>[a-z0-9][a-z0-9._-]{0,63}(?:, [a-z0-9][a-z0-9._-]{0,63})*)\]$", RegexOptions.NonBacktracking)]
    private static partial Regex SourcesPattern();
}
