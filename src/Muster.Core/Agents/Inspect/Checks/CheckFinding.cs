using Muster.Artefacts;

namespace Muster.Agents.Inspect.Checks;

/// <summary>Makes findings whose quote is what really stands on the line.</summary>
internal static class CheckFinding
{
    private const int MaxShown = 80;

    public static Finding At(SourceFile file, string[] lines, int line, Severity severity, string rule, string message, string? quote = null)
    {
        var real = Math.Clamp(line, 1, Math.Max(1, lines.Length));
        var stands = quote is { Length: > 0 } && real <= lines.Length && lines[real - 1].Contains(quote, StringComparison.Ordinal);
        return new(severity, file.Path, real, null, message, rule, stands ? quote : null);
    }

    /// <summary>A piece of the file for a message: one line, no backquotes, not long.</summary>
    public static string Shown(string text)
    {
        var clean = new string([.. text.Trim().Select(c => char.IsControl(c) || c == '`' ? ' ' : c)]);
        return clean.Length > MaxShown ? clean[..MaxShown] + "…" : clean;
    }
}
