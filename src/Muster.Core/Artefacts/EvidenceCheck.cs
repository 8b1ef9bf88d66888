using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Muster.Artefacts;

/// <summary>Looks where findings point. Code does, never a model: a finding whose evidence does not exist is kept, but does not count.</summary>
public static class EvidenceCheck
{
    /// <summary>Findings of one file that are looked at. A person reads fewer; the work that a worker can cause is bounded.</summary>
    public const int MostFindings = 2_000;

    /// <summary>What stands behind each finding, in the findings' order. Each file is read once, as a stream, in constant memory.</summary>
    /// <param name="root">Absolute path of the tree.</param>
    /// <param name="scopeGlobs">What the task may read; empty means the whole tree.</param>
    /// <param name="findings">The worker's findings; paths may be anything.</param>
    public static ImmutableArray<Evidence> Check(string root, ImmutableArray<string> scopeGlobs, ImmutableArray<Finding> findings)
    {
        if (findings.IsEmpty)
        {
            return [];
        }

        var scope = new EvidenceScope(scopeGlobs);
        var evidence = new Evidence[findings.Length];
        for (var i = MostFindings; i < findings.Length; i++)
        {
            evidence[i] = Ungrounded(findings[i].Path, $"its file has more than {MostFindings:N0} findings, and the rest is not looked at");
        }

        foreach (var group in Enumerable.Range(0, Math.Min(MostFindings, findings.Length)).GroupBy(i => findings[i].Path, StringComparer.Ordinal))
        {
            CheckPath(root, scope, group.Key, [.. group], findings, evidence);
        }

        return ImmutableArray.Create(evidence);
    }

    /// <summary>Names a text: the first 16 hexadecimal digits of the SHA-256 of its trimmed form.</summary>
    internal static string HashOf(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.Trim())).AsSpan(0, 8));

    private static void CheckPath(
        string root, EvidenceScope scope, string path, List<int> wanted, ImmutableArray<Finding> findings, Evidence[] evidence)
    {
        var clean = path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;
        if (clean is "." or "")
        {
            foreach (var i in wanted)
            {
                evidence[i] = findings[i].Line is null
                    ? new(IsGrounded: true, null, null, HashOf("."))
                    : Ungrounded(path, "the tree as a whole has no lines");
            }

            return;
        }

        if (clean.Any(char.IsControl) || clean.Split('/').Contains(".."))
        {
            Settle(wanted, evidence, Ungrounded(path, "the path leads out of the tree or is no path"));
            return;
        }

        using var file = BeneathFile.TryOpen(root, clean, mayBeHardLinked: true, out var refusal);
        var isDirectory = file is null && refusal is "is not a regular file" or "may not be read" && Directory.Exists(Path.Combine(root, clean));
        if (file is null && !isDirectory)
        {
            Settle(wanted, evidence, Ungrounded(path, $"{Short(path)} {refusal}"));
            return;
        }

        if (!scope.Holds(clean, isDirectory))
        {
            Settle(wanted, evidence, Ungrounded(path, $"{Short(path)} is outside the task's scope"));
            return;
        }

        foreach (var i in wanted.Where(i => isDirectory || findings[i].Line is null))
        {
            evidence[i] = isDirectory && findings[i].Line is not null
                ? Ungrounded(path, $"{Short(path)} is a directory and has no lines")
                : new(IsGrounded: true, null, null, HashOf(path));
        }

        var withLine = wanted.Where(i => evidence[i] is null).OrderBy(i => findings[i].Line).ToList();
        if (withLine.Count > 0)
        {
            EvidenceLines.Check(file!, path, withLine, findings, evidence);
        }
    }

    private static void Settle(List<int> wanted, Evidence[] evidence, Evidence one) => wanted.ForEach(i => evidence[i] = one);

    internal static Evidence Ungrounded(string path, string why) => new(IsGrounded: false, why, null, HashOf(path));

    private static string Short(string path) => path.Length > 200 ? path[..200] + "…" : path;
}
