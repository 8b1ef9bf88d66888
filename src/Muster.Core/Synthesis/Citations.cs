using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Muster.Artefacts;

namespace Muster.Synthesis;

/// <summary>Holds a synthesis to its sources: every task that a finding names exists below it.</summary>
public static partial class Citations
{
    /// <summary>What is wrong with a synthesis' citations.</summary>
    /// <param name="text">The synthesis.</param>
    /// <param name="known">Ids of the tasks below it.</param>
    /// <returns>The fault in words for a retry's prompt; null when there is none.</returns>
    public static string? Fault(string text, IReadOnlySet<string> known)
    {
        var file = WorkerFile.Parse(text);
        foreach (var bullet in file.Findings.Select(f => f.Message).Concat(file.Notes))
        {
            foreach (var id in CitedIn(bullet))
            {
                if (!known.Contains(id))
                {
                    return $"a finding names [{id}], which is no task below this synthesis";
                }
            }
        }

        return null;
    }

    /// <summary>The same for the bullets of a coordinator's summary.</summary>
    public static string? FaultOfSummary(string summary, IReadOnlySet<string> known)
    {
        foreach (var line in summary.AsSpan().EnumerateLines())
        {
            if (line.TrimStart().StartsWith("- ", StringComparison.Ordinal) && !line.TrimStart().StartsWith("- gap ", StringComparison.Ordinal)
                && CitedIn(line.Trim().ToString()).FirstOrDefault(id => !known.Contains(id)) is { } id)
            {
                return $"the summary names [{id}], which is no task below this synthesis";
            }
        }

        return null;
    }

    /// <summary>Ids of files that were read and are named nowhere in the synthesis; a reader should know.</summary>
    public static ImmutableArray<string> Unnamed(string text, IEnumerable<string> read)
    {
        var words = WordPattern().Matches(text).Select(m => m.Value.TrimEnd('.')).ToHashSet(StringComparer.Ordinal);
        return [.. read.Where(id => !words.Contains(id))];
    }

    /// <summary>White space comes before a citation, so that <c>names[i]</c> at a bullet's end is code and no task.</summary>
    private static string[] CitedIn(string bullet) =>
        CitationPattern().Match(bullet) is { Success: true } match ? match.Groups["ids"].Value.Split(',', StringSplitOptions.TrimEntries) : [];

    [GeneratedRegex(@"(?:^|\s)\[(?<ids>[a-z0-9][a-z0-9._-]{0,63}(?:,\s*[a-z0-9][a-z0-9._-]{0,63})*)\]\s*\.?$", RegexOptions.NonBacktracking)]
    private static partial Regex CitationPattern();

    [GeneratedRegex("[a-z0-9][a-z0-9._/-]{0,80}", RegexOptions.NonBacktracking)]
    private static partial Regex WordPattern();
}
