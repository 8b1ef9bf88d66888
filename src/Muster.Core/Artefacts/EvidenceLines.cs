using System.Collections.Immutable;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Muster.Artefacts;

/// <summary>Reads one file as a stream and checks each finding as soon as the lines around it have passed.</summary>
/// <remarks>Of a line its first 8 KB are kept, and only the lines around the finding: a line of 200 MB and a file of 2 GB cost no memory.</remarks>
internal sealed class EvidenceLines
{
    /// <summary>How far a quote may stand from the line that a finding names.</summary>
    private const int Around = 3;

    private const int MaxLineBytes = 8 * 1024;
    private const int MaxRange = 50;

    private readonly string path;
    private readonly List<int> wanted;
    private readonly ImmutableArray<Finding> findings;
    private readonly Evidence[] evidence;
    private readonly Queue<(int Number, string Text, bool IsCut)> window = new();
    private int waiting;

    private EvidenceLines(string path, List<int> wanted, ImmutableArray<Finding> findings, Evidence[] evidence) =>
        (this.path, this.wanted, this.findings, this.evidence) = (path, wanted, findings, evidence);

    /// <summary>Fills in the evidence of <paramref name="wanted"/>, which are in the order of their lines.</summary>
    public static void Check(
        SafeFileHandle file, string path, List<int> wanted, ImmutableArray<Finding> findings, Evidence[] evidence)
    {
        var lines = new EvidenceLines(path, wanted, findings, evidence);
        try
        {
            lines.Read(file);
        }
        catch (IOException e)
        {
            lines.SettleRest($"{path} cannot be read ({e.Message})");
        }
    }

    private void Read(SafeFileHandle file)
    {
        var buffer = new byte[64 * 1024];
        var line = new byte[MaxLineBytes];
        var (kept, number, isCut, position) = (0, 1, false, 0L);
        while (waiting < wanted.Count && RandomAccess.Read(file, buffer, position) is > 0 and var read)
        {
            position += read;
            var rest = buffer.AsSpan(0, read);
            while (!rest.IsEmpty && waiting < wanted.Count)
            {
                var newline = rest.IndexOf((byte)'\n');
                var part = newline < 0 ? rest : rest[..newline];
                var taken = Math.Min(part.Length, MaxLineBytes - kept);
                part[..taken].CopyTo(line.AsSpan(kept));
                (kept, isCut) = (kept + taken, isCut || taken < part.Length);
                if (newline >= 0)
                {
                    Take(number++, line.AsSpan(0, kept), isCut);
                    (kept, isCut) = (0, false);
                }

                rest = newline < 0 ? default : rest[(newline + 1)..];
            }
        }

        if (waiting == wanted.Count)
        {
            return;
        }

        if (kept > 0 || number == 1) // An empty file has one line, an empty one.
        {
            Take(number++, line.AsSpan(0, kept), isCut);
        }

        var last = number - 1;
        while (waiting < wanted.Count && findings[wanted[waiting]].Line <= last)
        {
            Judge(wanted[waiting++]);
        }

        SettleRest($"{(path.Length > 200 ? path[..200] + "…" : path)} ends at line {last:N0}");
    }

    private void Take(int number, ReadOnlySpan<byte> bytes, bool isCut)
    {
        if (number < findings[wanted[waiting]].Line - Around)
        {
            return; // Far before the next finding: nothing of it is needed.
        }

        window.Enqueue((number, Encoding.UTF8.GetString(bytes), isCut));
        while (waiting < wanted.Count && LastNeeded(findings[wanted[waiting]]) <= number)
        {
            Judge(wanted[waiting++]);
        }

        var first = waiting < wanted.Count ? findings[wanted[waiting]].Line!.Value - Around : int.MaxValue;
        while (window.TryPeek(out var oldest) && oldest.Number < first)
        {
            window.Dequeue();
        }
    }

    private static long LastNeeded(Finding finding) => LastLine(finding) + Around;

    private static long LastLine(Finding finding) =>
        Math.Min(finding.EndLine ?? finding.Line!.Value, finding.Line!.Value + (long)MaxRange);

    private void Judge(int index)
    {
        var finding = findings[index];
        var line = finding.Line!.Value;
        string own = string.Empty;
        string? above = null;
        var (near, isCut) = (new StringBuilder(), false);
        foreach (var (number, text, cut) in window)
        {
            own = number == line ? text : own;
            above = number == line - 1 ? text : above;
            if (number >= line - Around && number <= LastNeeded(finding))
            {
                near.Append(text).Append('\n');
                isCut |= cut;
            }
        }

        var whyNot = isCut ? null : Missing(finding, near); // What lies beyond the part of a line that was kept cannot be denied.
        var suppression = Suppression.Find(finding.Rule, own, above);
        evidence[index] = new(
            whyNot is null, whyNot, suppression?.Because, EvidenceCheck.HashOf(own),
            suppression is { Because: null } ? "its 'muster:ignore' gives no reason ('because …') and does not count" : null);
    }

    private static string? Missing(Finding finding, StringBuilder near)
    {
        var (all, claims) = EvidenceQuotes.Of(finding.Message);
        if (finding.Quote is { } quote && !all.Contains(quote.Trim()))
        {
            (all, claims) = (all.Add(quote), claims.Add(quote));
        }

        if (claims.IsEmpty)
        {
            return null;
        }

        var text = near.ToString();
        var squeezed = EvidenceQuotes.Squeeze(text);
        return all.Any(q => EvidenceQuotes.StandsIn(q, squeezed)) || (all.Any(q => q.Contains("****", StringComparison.Ordinal)) && StandsMasked(all, text))
            ? null
            : $"the quoted `{claims[0]}` does not stand at line {finding.Line:N0}";
    }

    private static bool StandsMasked(ImmutableArray<string> quotes, string text)
    {
        var masked = EvidenceQuotes.Squeeze(SecretMask.Apply(text));
        return quotes.Any(quote => EvidenceQuotes.StandsIn(quote, masked));
    }

    private void SettleRest(string why)
    {
        while (waiting < wanted.Count)
        {
            evidence[wanted[waiting++]] = EvidenceCheck.Ungrounded(path, why);
        }
    }
}
