using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Muster.Artefacts;
using Muster.Synthesis;

namespace Muster.Memory;

/// <summary>What a project's roles remember from one session to the next: files below <c>.orchestration</c>, committed with the project.</summary>
/// <param name="directory">Absolute path of the <c>.orchestration</c> directory.</param>
/// <remarks>
/// <c>brains/ROLE.md</c> says where a role stands, in at most 2,000 words; <c>brains/archive/ROLE.md</c> has every paragraph that it ever lost;
/// <c>sessions/ROLE/ID.md</c> sums up one session each. The files are the truth: a search over them (by words or vectors) would be built from them and
/// asked beside this class. One writer at a time.
/// </remarks>
public sealed partial class ProjectMemory(string directory)
{
    /// <summary>Words of a brain at most.</summary>
    public const int MaxBrainWords = BrainText.MaxWords;

    private const int MostCharacters = 1 << 20;
    private const long MostBytes = 4 << 20, MostArchiveBytes = 256 << 20;

    /// <summary>A role's brain; null where it has none.</summary>
    /// <exception cref="MemoryException">It cannot be read.</exception>
    public string? Brain(string role) => Text(BrainPath(role), MostBytes);

    /// <summary>Replaces a role's brain. What does not fit, and what stood in the old one and not in the new, goes to the archive first; doing it twice adds nothing.</summary>
    /// <param name="role">a-z, 0-9 and '-': <c>architect</c>, <c>builder-auth</c>.</param>
    /// <param name="text">Markdown, what matters now first; secrets are masked and control characters taken out.</param>
    /// <exception cref="MemoryException">It cannot be written.</exception>
    public BrainSaved WriteBrain(string role, string text)
    {
        var path = BrainPath(role);
        var archive = $"brains/archive/{role}.md";
        text = Clean(path, text);
        var archived = Text(archive, MostArchiveBytes);
        var known = BrainText.Paragraphs(archived ?? string.Empty).ToHashSet(StringComparer.Ordinal);
        var lost = BrainText.Paragraphs(Brain(role) ?? string.Empty).Except(BrainText.Paragraphs(text)).Where(p => !known.Contains(p)).ToList();
        var (kept, moved) = BrainText.Split(text, $"archive/{role}.md", hasOlder: archived is not null || lost.Count > 0);
        var added = lost.Concat(moved).Where(p => known.Add(p) && !kept.Contains(p, StringComparison.Ordinal)).ToList();
        if (added.Count > 0)
        {
            Write(archive, (archived is null ? string.Empty : archived.TrimEnd() + "\n\n") + string.Join("\n\n", added) + "\n");
        }

        Write(path, kept);
        return new(path, SummaryText.CountWords(kept), added.Sum(SummaryText.CountWords));
    }

    /// <summary>Writes the summary of one session, at most 300 words.</summary>
    /// <param name="role">As for a brain.</param>
    /// <param name="session">a-z, 0-9, '-', '.' and '_', beginning with a digit or letter; ids that begin with their time are read newest first.</param>
    /// <param name="text">The summary; what is too long is cut at a sentence.</param>
    /// <param name="whole">Where the whole text stands, for the pointer.</param>
    /// <returns>Path relative to <c>.orchestration</c>.</returns>
    /// <exception cref="MemoryException">It cannot be written.</exception>
    public string WriteSummary(string role, string session, string text, string whole)
    {
        _ = BrainPath(role);
        if (!SessionPattern().IsMatch(session))
        {
            throw MemoryException.BadName("session", session, "Use 1 to 128 characters of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit.");
        }

        var path = $"sessions/{role}/{session}.md";
        Write(path, SummaryText.Cut(Clean(path, text), SummaryText.MaxWords - 1, SummaryText.MaxTokens, whole) + "\n");
        return path;
    }

    /// <summary>The newest summaries of a role, newest first.</summary>
    /// <exception cref="MemoryException">One cannot be read.</exception>
    public ImmutableArray<string> Summaries(string role, int most)
    {
        _ = BrainPath(role);
        var at = new DirectoryInfo(Path.Combine(directory, "sessions", role));
        return !at.Exists || at.LinkTarget is not null ? []
            : [.. at.EnumerateFiles("*.md").Select(f => f.Name).OrderDescending(StringComparer.Ordinal).Take(most).Select(name => Text($"sessions/{role}/{name}", MostBytes)!)];
    }

    private static string BrainPath(string role) => RolePattern().IsMatch(role) ? $"brains/{role}.md"
        : throw MemoryException.BadName("role", role, "Use 1 to 64 characters of a-z, 0-9 and '-', beginning with a letter or digit.");

    private static string Clean(string path, string text) =>
        text.Length > MostCharacters ? throw MemoryException.TooLong(path, MostCharacters) : SecretMask.Apply(DisplayText.Clean(text));

    private string? Text(string path, long most)
    {
        if (!Path.Exists(Path.Combine(directory, path)))
        {
            return null;
        }

        return BeneathText.TryRead(directory, path, most, out var refusal) is { } bytes ? Encoding.UTF8.GetString(bytes) : throw MemoryException.Unreadable(path, refusal!);
    }

    private void Write(string path, string text)
    {
        if (BeneathText.TryWrite(directory, path, Encoding.UTF8.GetBytes(text)) is { } why)
        {
            throw MemoryException.NotWritten(path, why);
        }
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{0,63}\z", RegexOptions.NonBacktracking)]
    private static partial Regex RolePattern();

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{0,127}\z", RegexOptions.NonBacktracking)]
    private static partial Regex SessionPattern();
}
