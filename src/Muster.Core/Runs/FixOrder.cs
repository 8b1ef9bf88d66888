namespace Muster.Runs;

/// <summary>A finding that an action agent is to mend.</summary>
/// <param name="Id">Names its branch and steps: <c>fix-1</c>.</param>
/// <param name="Severity">critical, major or minor.</param>
/// <param name="Location">path, path:line or path:line-line, relative to the repository's top; <c>.</c> for the tree.</param>
/// <param name="Message">What is wrong and what to do, a line; an agent's or inspector's words.</param>
/// <param name="Fingerprint">Names the finding in the report that it is from.</param>
public sealed record FixOrder(string Id, string Severity, string Location, string Message, string Fingerprint);
