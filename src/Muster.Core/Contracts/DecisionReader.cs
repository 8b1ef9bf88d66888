using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Muster.Artefacts;

namespace Muster.Contracts;

/// <summary>Reads a decision: a title, an optional line <c>Affects:</c>, and five sections of which none is empty.</summary>
internal sealed partial class DecisionReader(ContractProblems problems)
{
    private static readonly string[] Sections = ["Status", "Context", "Decision", "Alternatives", "Consequences"];

    /// <summary>Number and topic of a file's name; null when it is not <c>NNN-topic.md</c>.</summary>
    public static (int Number, string Topic)? NameOf(string file) =>
        FileName().Match(file) is { Success: true } match && match.Groups["n"].Value is var n && n != "000" ? (int.Parse(n), match.Groups["topic"].Value) : null;

    /// <summary>The record; null, and told, where something is wrong with it.</summary>
    /// <param name="contract">The file.</param>
    /// <param name="name">Of the file's name.</param>
    public (DecisionRecord Record, int StatusLine, int AffectsLine)? Read(Contract contract, (int Number, string Topic) name)
    {
        var title = default(string);
        var (affects, affectsLine) = (ImmutableArray<string>.Empty, 0);
        var bodies = new Dictionary<string, (int Line, List<string> Text)>(StringComparer.OrdinalIgnoreCase);
        var current = default(List<string>);
        var fence = default(CodeFence);
        var isGood = true;
        foreach (var (index, line) in contract.Text.ReplaceLineEndings("\n").Split('\n').Index())
        {
            if (fence.Take(line) || !(line.StartsWith("# ", StringComparison.Ordinal) || line.StartsWith("## ", StringComparison.Ordinal)))
            {
                current?.Add(line);
                if (bodies.Count == 0 && line.StartsWith("Affects:", StringComparison.Ordinal))
                {
                    (affects, affectsLine) = ([.. line[8..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)], index + 1);
                }
            }
            else if (line[1] == ' ')
            {
                isGood &= title is null || Wrong(contract, index + 1, "There is a second title here.", "Keep one line that begins with '# '.");
                title ??= TitlePattern().Replace(line[2..], string.Empty).Trim();
            }
            else if (bodies.TryAdd(line[3..].Trim(), (index + 1, [])))
            {
                current = bodies[line[3..].Trim()].Text;
                isGood &= Sections.Contains(line[3..].Trim(), StringComparer.OrdinalIgnoreCase)
                    || Wrong(contract, index + 1, $"'{ContractProblems.Shown(line[3..])}' is no section of a decision.", $"The sections are: {string.Join(", ", Sections)}; use '###' within one.");
            }
            else
            {
                isGood = Wrong(contract, index + 1, $"The section '{ContractProblems.Shown(line[3..])}' is there twice.", "Join the two.");
            }
        }

        isGood &= !string.IsNullOrEmpty(title) || Wrong(contract, 1, "The decision has no title.", $"Begin it with '# {name.Number:000}: ' and a title.");
        foreach (var section in Sections)
        {
            isGood &= bodies.TryGetValue(section, out var body)
                ? body.Text.Exists(l => !string.IsNullOrWhiteSpace(l)) || Wrong(contract, body.Line, $"The section '{section}' is empty.", "Write what belongs there.")
                : Wrong(contract, 0, $"The section '{section}' is missing.", $"Add '## {section}'.");
        }

        if (!isGood)
        {
            return null;
        }

        var status = Body("Status");
        return StatusPattern().IsMatch(status) || Wrong(
            contract, bodies["Status"].Line, $"'{ContractProblems.Shown(status)}' is no status.", "Write proposed, accepted, rejected, or superseded by NNN.")
            ? (new(name.Number, name.Topic, title!, status, Body("Context"), Body("Decision"), Body("Alternatives"), Body("Consequences"), affects), bodies["Status"].Line, affectsLine)
            : null;

        string Body(string section) => string.Join('\n', bodies[section].Text).Trim();
    }

    private bool Wrong(Contract contract, int line, string message, string nextStep)
    {
        problems.Error(contract.Path, line, 0, message, nextStep);
        return false;
    }

    [GeneratedRegex(@"\A(?<n>[0-9]{3})-(?<topic>[a-z0-9][a-z0-9-]{0,63})\.md\z", RegexOptions.NonBacktracking)]
    private static partial Regex FileName();

    [GeneratedRegex(@"\A\s*[0-9]{3}\s*[:.]\s*", RegexOptions.NonBacktracking)]
    private static partial Regex TitlePattern();

    [GeneratedRegex(@"\A(?:proposed|accepted|rejected|superseded by [0-9]{3})\.?\z", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex StatusPattern();
}
