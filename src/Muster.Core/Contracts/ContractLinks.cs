using System.Text.RegularExpressions;
using Muster.Artefacts;

namespace Muster.Contracts;

/// <summary>Looks where the Markdown of contracts points: links, and the names of interfaces and decisions in running text.</summary>
internal sealed partial class ContractLinks(ContractProblems problems, Func<string, bool> exists)
{
    private const int MostLineLength = 4_000;

    /// <summary>Adds what leads nowhere.</summary>
    public void Check(Contract contract)
    {
        var fence = default(CodeFence);
        foreach (var (index, line) in contract.Text.ReplaceLineEndings("\n").Split('\n').Index())
        {
            if (fence.Take(line) || line.Length > MostLineLength)
            {
                continue;
            }

            var told = new HashSet<string>(StringComparer.Ordinal);
            foreach (var link in LinkPattern().EnumerateMatches(line))
            {
                var target = TargetOf(line.AsSpan(link.Index, link.Length));
                if (target.Length > 0 && !IsAddress(target) && WhyNot(contract.Path, target) is { } why)
                {
                    told.Add(target[(target.LastIndexOf('/') + 1)..]);
                    problems.Error(contract.Path, index + 1, link.Index + 1, $"The link to '{ContractProblems.Shown(target)}' {why}.", "Link to a contract, relative to this file, or take the link away.");
                }
            }

            foreach (var name in NamePattern().Matches(line).Where(m => !told.Contains(m.Value) && told.Add(m.Value)))
            {
                if (!exists((name.Value.EndsWith(".interface.md", StringComparison.Ordinal) ? "interfaces/" : "decisions/") + name.Value))
                {
                    problems.Error(contract.Path, index + 1, name.Index + 1, $"'{ContractProblems.Shown(name.Value)}' is named here, and there is no such contract.", "Name one that exists, or add it.");
                }
            }
        }
    }

    private static string TargetOf(ReadOnlySpan<char> link)
    {
        var target = link[(link.IndexOf("](") + 2)..^1].Trim().Trim("<>");
        var end = target.IndexOfAny(" #\"");
        return Uri.UnescapeDataString((end < 0 ? target : target[..end]).ToString());
    }

    private static bool IsAddress(string target) => AddressPattern().IsMatch(target);

    private string? WhyNot(string from, string target)
    {
        var parts = new List<string>(from.Split('/')[..^1]);
        foreach (var part in target.Split('/'))
        {
            if (part == ".." && parts.Count == 0 || target.StartsWith('/'))
            {
                return "leads out of the contracts";
            }

            if (part == "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("." or ""))
            {
                parts.Add(part);
            }
        }

        return exists(string.Join('/', parts)) ? null : "leads nowhere";
    }

    [GeneratedRegex(@"\[[^\[\]]*\]\([^()]*\)", RegexOptions.NonBacktracking)]
    private static partial Regex LinkPattern();

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9+.-]+:", RegexOptions.NonBacktracking)]
    private static partial Regex AddressPattern();

    /// <summary>auth.interface.md, 003-token-format.md.</summary>
    [GeneratedRegex(@"\b[a-z0-9][a-z0-9-]*\.interface\.md\b|\b[0-9]{3}-[a-z0-9][a-z0-9-]*\.md\b", RegexOptions.NonBacktracking)]
    private static partial Regex NamePattern();
}
