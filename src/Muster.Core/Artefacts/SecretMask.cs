using System.Text.RegularExpressions;

namespace Muster.Artefacts;

/// <summary>Masks secrets whose form is known, wherever Muster writes text.</summary>
/// <remarks>
/// The forms are those that their issuers document: a prefix and an alphabet, so that ordinary text does not match. Whoever wrote the
/// text may have made it to be slow, so it is searched without backtracking, in time linear in its length, and no text is refused.
/// </remarks>
public static partial class SecretMask
{
    private const int Shown = 4;

    /// <summary>The text with each secret cut to its first characters.</summary>
    public static string Apply(string text) => SecretPattern().Replace(text, Mask);

    /// <summary>Where secrets stand in a text, and each whole.</summary>
    public static IEnumerable<(int At, string Secret)> Find(string text)
    {
        for (var match = SecretPattern().Match(text); match.Success; match = match.NextMatch())
        {
            var part = match.Groups["secret"] is { Success: true } group ? group : match;
            yield return (part.Index, part.Value);
        }
    }

    /// <summary>One secret, masked: its first four characters and its length.</summary>
    public static string Of(string secret) => secret.Length <= Shown * 2
        ? "****"
        : $"{secret[..Shown]}**** ({secret.Length} characters)";

    private static string Mask(Match match) => match.Groups["secret"] is { Success: true } part
        ? string.Concat(match.Value.AsSpan(0, part.Index - match.Index), Of(part.Value), match.Value.AsSpan(part.Index - match.Index + part.Length))
        : Of(match.Value);

    [GeneratedRegex(
        @"-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[\s\\n]+[A-Za-z0-9+/=:, \-]+)*"
        + @"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
        + @"|\bgh[pousr]_[A-Za-z0-9]{36,251}\b|\bgithub_pat_[A-Za-z0-9_]{22,255}\b|\bglpat-[A-Za-z0-9_\-]{20,}"
        + @"|\bxox[abposr]-[A-Za-z0-9\-]{10,}|hooks\.slack\.com/services/(?<secret>T[A-Za-z0-9]+/B[A-Za-z0-9]+/[A-Za-z0-9]{20,})"
        + @"|\bAIza[A-Za-z0-9_\-]{35}|\bya29\.[A-Za-z0-9_\-]{30,}"
        + @"|\bsk-ant-[A-Za-z0-9_\-]{24,}|\bsk-(?:proj-|svcacct-)?[A-Za-z0-9_\-]{32,}"
        + @"|\b[sr]k_live_[A-Za-z0-9]{20,}|\bnpm_[A-Za-z0-9]{36}\b|\bpypi-[A-Za-z0-9_\-]{40,}|\bhf_[A-Za-z0-9]{30,}\b"
        + @"|\bSG\.[A-Za-z0-9_\-]{20,24}\.[A-Za-z0-9_\-]{40,45}|\bdop_v1_[a-f0-9]{64}\b"
        + @"|\beyJ[A-Za-z0-9_\-]{15,}\.eyJ[A-Za-z0-9_\-]{15,}\.[A-Za-z0-9_\-]{20,}"
        + @"|\b(?:AccountKey|SharedAccessKey)=(?<secret>[A-Za-z0-9+/]{30,}={0,2})"
        + @"|\b[a-z][a-z0-9+.\-]{1,20}://[^\s:/@""'<>]{1,64}:(?<secret>[^\s:/@""'<>${}]{6,128})@",
        RegexOptions.NonBacktracking)]
    private static partial Regex SecretPattern();
}
