using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Muster.Artefacts;

/// <summary>Names a finding so that it is known again in a later run, also when lines were added above it.</summary>
public static partial class Fingerprint
{
    /// <summary>32 hexadecimal digits.</summary>
    /// <param name="finding">The finding; its line's number does not matter.</param>
    /// <param name="lineHash">Names the line's text: <see cref="Evidence.LineHash"/>.</param>
    /// <param name="occurrence">0-based number among findings that are otherwise equal.</param>
    public static string Of(Finding finding, string lineHash, int occurrence)
    {
        var what = finding.Rule is { } rule ? "rule\n" + rule : "message\n" + Normalised(finding.Message);
        var path = finding.Path.StartsWith("./", StringComparison.Ordinal) ? finding.Path[2..] : finding.Path;
        return Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes($"v1\n{what}\n{path}\n{lineHash}\n{occurrence}")).AsSpan(0, 16));
    }

    /// <summary>A free message without case, white space and numbers, which a model words anew each time.</summary>
    private static string Normalised(string message) =>
        WhiteSpace().Replace(Number().Replace(message.Trim().ToLowerInvariant(), "#"), " ");

    [GeneratedRegex(@"\s+", RegexOptions.NonBacktracking)]
    private static partial Regex WhiteSpace();

    [GeneratedRegex("[0-9]+", RegexOptions.NonBacktracking)]
    private static partial Regex Number();
}
