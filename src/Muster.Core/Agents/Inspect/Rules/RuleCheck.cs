using System.Text.RegularExpressions;
using Muster.Artefacts;

namespace Muster.Agents.Inspect.Rules;

/// <summary>A check that is data: the rules of one pack, run over the files in scope.</summary>
public sealed class RuleCheck : ICheck
{
    /// <summary>Of one rule in one file, so many findings are told one by one.</summary>
    public const int MaxTold = 5;

    private readonly Lazy<RuleSearch[]> searches;

    private RuleCheck(string id, Func<RulePack> read)
    {
        Id = id;
        searches = new(() => [.. read().Rules.Select(rule => new RuleSearch(rule))]);
    }

    /// <inheritdoc/>
    public string Id { get; }

    /// <summary>The check of a pack that Muster brings along; the pack is read when the check is first run.</summary>
    /// <exception cref="RulePackException">There is none of that name.</exception>
    public static ICheck Load(string packId) => RulePack.BuiltInIds.Contains(packId)
        ? new RuleCheck(packId, () => RulePack.ReadBuiltIn(packId))
        : throw RulePackException.Unknown(packId, RulePack.BuiltInIds);

    /// <summary>The check of a pack that was read already.</summary>
    public static RuleCheck Of(RulePack pack) => new(pack.Id, () => pack);

    /// <inheritdoc/>
    public IEnumerable<Finding> Run(CheckContext context, CancellationToken cancellationToken)
    {
        foreach (var file in context.Scope)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var isTest = TestPaths.Contains(file.Path);
            var about = searches.Value.Where(search => search.IsAbout(file.Path, isTest)).ToArray();
            if (about.Length == 0 || SourceText.Read(file, text => about.Any(search => search.MayMatch(text))) is not { } source)
            {
                continue;
            }

            // Rules of one pack look for one kind of mistake: of those that hold on a line, the worst says it.
            var found = about.Where(search => search.MayMatch(source.Text)).SelectMany(search => Look(search, source));
            foreach (var line in found.GroupBy(finding => finding.Line ?? 0).OrderBy(line => line.Key))
            {
                yield return line.MaxBy(finding => finding.Severity)!;
            }
        }
    }

    private static List<Finding> Look(RuleSearch search, SourceText source)
    {
        var told = new List<Finding>();
        var (more, firstMore) = (0, 0);
        try
        {
            foreach (var match in search.In(source))
            {
                if (told.Count < MaxTold)
                {
                    told.Add(Tell(search.Rule, source, match));
                }
                else if (more++ == 0)
                {
                    firstMore = match.Line + 1;
                }
            }
        }
        catch (RegexMatchTimeoutException)
        {
            // Told, not hidden: what this file holds beyond here is not known.
            told.Add(new(
                Severity.Minor, source.File.Path, null, null,
                "this rule took too long on this file and was left off; look at it by hand", search.Rule.Id));
        }

        if (more > 0)
        {
            var rule = search.Rule;
            told.Add(new(
                rule.Severity, source.File.Path, firstMore, null, $"{rule.Message}: {more} more in this file from here on; {rule.Advice}", rule.Id));
        }

        return told;
    }

    private static Finding Tell(Rule rule, SourceText source, RuleMatch match)
    {
        var quote = Snippet.Of(source.Lines[match.Line], match.Column, match.SecretColumn);
        var shown = quote is null ? string.Empty : $": `{quote}`";
        var masked = match.Secret is { } secret ? $" {SecretMask.Of(secret)}" : string.Empty;
        var isDecided = rule.Severity > Severity.Minor && match.Secret is null && OtherScanner.IsSilencedAt(source.Lines, match.Line);
        return isDecided
            ? new(Severity.Minor, source.File.Path, match.Line + 1, null, $"{rule.Message}{shown}, which another scanner was told to allow; {rule.Advice}", rule.Id, quote)
            : new(rule.Severity, source.File.Path, match.Line + 1, null, $"{rule.Message}{shown}{masked}; {rule.Advice}", rule.Id, quote);
    }
}
