namespace Muster.Artefacts;

/// <summary>One finding with its evidence: where, how bad, what.</summary>
/// <param name="Severity">How much it matters.</param>
/// <param name="Path">Relative to the root, with forward slashes; "." means the whole tree.</param>
/// <param name="Line">1-based first line; null when the finding is about the whole path.</param>
/// <param name="EndLine">1-based last line; null when it is one line or none. Never below <paramref name="Line"/>.</param>
/// <param name="Message">One line, what is wrong and what to do; secrets already masked.</param>
/// <param name="Rule">Id of the check's rule (kebab-case) where a rule made it; null from a free-form agent.</param>
/// <param name="Quote">A snippet that must stand at the location, or null. From an agent: the first backquoted text that claims to.</param>
public sealed record Finding(
    Severity Severity, string Path, int? Line, int? EndLine, string Message, string? Rule = null, string? Quote = null)
{
    /// <summary>The location as a worker's file writes it: path, path:line or path:line-line.</summary>
    public string Location => (Line, EndLine) switch
    {
        (null, _) => Path,
        ({ } line, { } end) when end > line => $"{Path}:{line}-{end}",
        ({ } line, _) => $"{Path}:{line}",
    };
}
