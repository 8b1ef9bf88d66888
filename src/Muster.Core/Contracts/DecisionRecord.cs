using System.Collections.Immutable;

namespace Muster.Contracts;

/// <summary>One decision about the architecture: a file <c>decisions/NNN-topic.md</c>.</summary>
/// <param name="Number">1 to 999.</param>
/// <param name="Topic">By the same rule as a module's name: <c>token-format</c>.</param>
/// <param name="Title">One line.</param>
/// <param name="Status">proposed, accepted, rejected, or <c>superseded by NNN</c>.</param>
/// <param name="Context">What made a decision necessary; Markdown without headings of the first two levels.</param>
/// <param name="Decision">What was decided.</param>
/// <param name="Alternatives">What else there was, and why not.</param>
/// <param name="Consequences">What follows from it.</param>
/// <param name="Affects">Names of the modules that have to know; empty where it says none.</param>
public sealed record DecisionRecord(
    int Number, string Topic, string Title, string Status, string Context, string Decision, string Alternatives, string Consequences, ImmutableArray<string> Affects)
{
    /// <summary>Path relative to the contracts.</summary>
    public string Path => $"decisions/{Number:000}-{Topic}.md";

    /// <summary>The file's text, which <see cref="ContractSet.Read"/> reads as this record.</summary>
    public string ToMarkdown() =>
        $"# {Number:000}: {Title}\n\nVersion: 1\n{(Affects.IsEmpty ? string.Empty : $"Affects: {string.Join(", ", Affects)}\n")}"
        + $"\n## Status\n\n{Status}\n\n## Context\n\n{Context}\n\n## Decision\n\n{Decision}\n\n## Alternatives\n\n{Alternatives}\n\n## Consequences\n\n{Consequences}\n";

    /// <summary>Writes the file into a directory of contracts, replacing one of the same name.</summary>
    /// <param name="directory">Absolute path of the contracts.</param>
    /// <exception cref="ContractException">A directory there is a link.</exception>
    public void WriteTo(string directory) => new ContractDirectory(directory).Write(Path, System.Text.Encoding.UTF8.GetBytes(ToMarkdown()));
}
