namespace Muster.Loopback.Scripting;

/// <summary>A tool call that a step makes.</summary>
/// <param name="Name">As it is offered, or a canonical one (Read, Write, Bash) that the offered tools have an equal of.</param>
/// <param name="Input">A JSON object.</param>
internal sealed record ScriptedTool(string Name, string Input);
