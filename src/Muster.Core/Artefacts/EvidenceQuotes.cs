using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;

namespace Muster.Artefacts;

/// <summary>The backquoted texts of a finding, and which of them claim to be code that stands at its place.</summary>
/// <remarks>
/// Agents also quote what is missing ("never calls `Close()`"), what to write instead (after the first semicolon, where a finding's
/// advice stands) and names of files and options. None of these can make a finding ungrounded; each may still ground it.
/// </remarks>
public static partial class EvidenceQuotes
{
    private const int MaxRead = 16 * 1024;

    /// <summary>Quotes of one finding that are looked for; a person quotes one or two.</summary>
    private const int MostQuotes = 32;

    /// <summary>How far before a quote the words stand that say it is absent.</summary>
    private const int BeforeQuote = 200;

    private static readonly SearchValues<char> CodeMarks = SearchValues.Create("(){}[]=;<>\"'$|&");

    /// <summary>The backquoted texts of 3 to 200 characters, the first 32 of them, and those among them that claim to stand in the code.</summary>
    public static (ImmutableArray<string> All, ImmutableArray<string> Claims) Of(string message)
    {
        message = message.Length > MaxRead ? message[..MaxRead] : message;
        if (!message.Contains('`'))
        {
            return ([], []);
        }

        var all = ImmutableArray.CreateBuilder<string>();
        var claims = ImmutableArray.CreateBuilder<string>();
        var (claimEnds, previousEnd) = (message.Length, 0);
        foreach (Match match in QuotePattern().Matches(message))
        {
            var between = message.AsSpan(previousEnd, match.Index - previousEnd);
            if (between.IndexOf(';') is >= 0 and var semicolon)
            {
                claimEnds = Math.Min(claimEnds, previousEnd + semicolon);
            }

            previousEnd = match.Index + match.Length;
            var quote = match.Groups["quote"].Value.Trim();
            if (quote.Length < 3)
            {
                continue;
            }

            if (all.Count == MostQuotes)
            {
                break;
            }

            all.Add(quote);
            if (match.Index < claimEnds && LooksLikeCode(quote) && !AbsencePattern().IsMatch(between[Math.Max(0, between.Length - BeforeQuote)..]))
            {
                claims.Add(quote);
            }
        }

        return (all.ToImmutable(), claims.ToImmutable());
    }

    /// <summary>Whether a quote stands in a text, white space aside; "…", "..." and a masked secret stand for anything.</summary>
    /// <param name="quote">The quote.</param>
    /// <param name="squeezed">The text, from <see cref="Squeeze"/>.</param>
    public static bool StandsIn(string quote, string squeezed)
    {
        var rest = squeezed.AsSpan();
        var trimmed = quote.EndsWith("()", StringComparison.Ordinal) ? quote[..^2] : quote;
        foreach (var part in GapPattern().Split(trimmed))
        {
            var piece = Squeeze(part);
            var at = rest.IndexOf(piece, StringComparison.Ordinal);
            if (at < 0)
            {
                return false;
            }

            rest = rest[(at + piece.Length)..];
        }

        return true;
    }

    /// <summary>The text without white space.</summary>
    public static string Squeeze(string text)
    {
        var squeezed = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (!char.IsWhiteSpace(c))
            {
                squeezed.Append(c);
            }
        }

        return squeezed.ToString();
    }

    private static bool LooksLikeCode(string quote) => quote.AsSpan().ContainsAny(CodeMarks);

    [GeneratedRegex("`(?<quote>[^`]{1,200})`", RegexOptions.NonBacktracking)]
    private static partial Regex QuotePattern();

    /// <summary>Words just before a quote that say it is not there, or should be.</summary>
    [GeneratedRegex(
        @"\b(?:no|not|never|without|missing|lacks?|lacking|instead|use|using|prefer|add|call|calls|should|must|needs?|absent|expected|like)\b(?:\W+\w+){0,3}\W*$",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex AbsencePattern();

    [GeneratedRegex(@"…|\.\.\.|\S{0,4}\*{4}(?: \([0-9]+ characters\))?", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex GapPattern();
}
