using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Muster.Artefacts;

/// <summary>Decides whether the file that an agent left in its attempt's directory counts. Its word does not.</summary>
public static class Verifier
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads <c>output.md</c> in an attempt's directory and judges it. The file may be anything: nothing in it is followed.</summary>
    /// <param name="directory">Absolute path of the attempt's directory.</param>
    /// <param name="rules">What it is held to.</param>
    public static Verdict Verify(string directory, VerifyRules rules)
    {
        using var file = BeneathFile.TryOpen(directory, "output.md", mayBeHardLinked: false, out var refusal);
        if (file is null)
        {
            return refusal is "is not there"
                ? new Verdict.Rejected(RejectionCode.NoOutput, "no output file was written")
                : new Verdict.Rejected(RejectionCode.NotRegular, $"the output file {refusal}");
        }

        var length = RandomAccess.GetLength(file);
        if (length > rules.MaxBytes)
        {
            return TooLarge(length, rules);
        }

        var bytes = new byte[length];
        if (ReadAll(file, bytes) != length || RandomAccess.GetLength(file) != length)
        {
            return new Verdict.Rejected(RejectionCode.StillGrowing, "the output file changed while it was read");
        }

        return Judge(bytes);
    }

    /// <summary>Judges a file that was handed over as text.</summary>
    /// <param name="text">Its content.</param>
    /// <param name="rules">What it is held to.</param>
    public static Verdict Judge(string text, VerifyRules rules) =>
        Encoding.UTF8.GetByteCount(text) is var length && length > rules.MaxBytes ? TooLarge(length, rules) : JudgeText(text);

    /// <summary>Judges the content of a file.</summary>
    public static Verdict Judge(ReadOnlySpan<byte> bytes)
    {
        string text;
        try
        {
            text = Strict.GetString(bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[3..] : bytes);
        }
        catch (DecoderFallbackException e)
        {
            return new Verdict.Rejected(RejectionCode.NotUtf8, $"the output file is not UTF-8 (byte {e.Index:N0})");
        }

        return JudgeText(text);
    }

    private static Verdict.Rejected TooLarge(long length, VerifyRules rules) =>
        new(RejectionCode.TooLarge, $"the output file has {length:N0} bytes; at most {rules.MaxBytes:N0} are read");

    private static Verdict JudgeText(string text)
    {
        var (titles, hasFindings, hasContent, hasBullet, isError) = (0, false, false, false, false);
        var (sawSentinel, lastIsSentinel, lastInCode, isBlank) = (false, false, false, true);
        ReadOnlySpan<char> firstOfError = default;
        var lines = new WorkerFileLines(text);
        while (lines.MoveNext())
        {
            if (lines.Kind is WorkerFileLine.Blank)
            {
                continue;
            }

            lastIsSentinel = lines.Kind is WorkerFileLine.Sentinel;
            lastInCode = lines.Kind is WorkerFileLine.Code && lines.Line.TrimEnd() is WorkerFile.Sentinel;
            sawSentinel |= lastIsSentinel || lastInCode;
            isBlank &= lastIsSentinel || lastInCode;
            switch (lines.Kind)
            {
                case WorkerFileLine.Sentinel:
                    break;
                case WorkerFileLine.Title:
                    titles++;
                    isError |= lines.Text is "ERROR";
                    break;
                case WorkerFileLine.Section:
                    hasFindings |= lines.IsInFindings;
                    break;
                default:
                    hasContent |= lines.IsInFindings;
                    hasBullet |= lines.IsInFindings && lines.Kind is WorkerFileLine.Bullet;
                    firstOfError = isError && firstOfError.IsEmpty ? lines.Line.Trim() : firstOfError;
                    break;
            }
        }

        return (isBlank, isError, lastIsSentinel) switch
        {
            (true, _, _) => new Verdict.Rejected(RejectionCode.Empty, "the output file is empty"),
            (_, true, _) => new Verdict.Rejected(RejectionCode.ReportedError, ErrorOf(firstOfError)),
            (_, _, false) => new Verdict.Rejected(RejectionCode.NoSentinel, SentinelFault(sawSentinel, lastInCode)),
            _ when titles != 1 => new Verdict.Rejected(
                RejectionCode.NoHeading, titles == 0 ? "the title (one line with '# ') is missing" : "there is more than one title ('# ')"),
            _ when !hasFindings => new Verdict.Rejected(RejectionCode.NoHeading, "the heading '## Findings' is missing"),
            _ when !hasContent => new Verdict.Rejected(RejectionCode.NoFindings, "nothing stands under '## Findings', not even '- none'"),
            _ when !hasBullet => new Verdict.Rejected(
                RejectionCode.NoFindings, "what stands under '## Findings' is no bullet: each finding is one '- [severity] path:line: …', and none is '- none'"),
            _ => new Verdict.Verified(text),
        };
    }

    private static string ErrorOf(ReadOnlySpan<char> line) =>
        line.IsEmpty ? "the agent reported an error and did not say which" : $"the agent reported an error: {line[..Math.Min(200, line.Length)]}";

    private static string SentinelFault(bool sawOne, bool lastInFence) => (sawOne, lastInFence) switch
    {
        (_, true) => $"the last line '{WorkerFile.Sentinel}' stands inside a code block that was never closed",
        (true, _) => $"text follows the line '{WorkerFile.Sentinel}', which must be the last one",
        _ => $"the last line is not '{WorkerFile.Sentinel}': the file may be half written",
    };

    private static int ReadAll(SafeFileHandle file, Span<byte> target)
    {
        var done = 0;
        while (done < target.Length && RandomAccess.Read(file, target[done..], done) is > 0 and var read)
        {
            done += read;
        }

        return done;
    }
}
