namespace Muster.Agents;

/// <summary>A published file that an agent reads.</summary>
/// <param name="TaskId">Whose output it is.</param>
/// <param name="Path">Absolute path.</param>
/// <param name="Sha256">Lower-case hex of its content; the reader checks it.</param>
public sealed record AgentInput(string TaskId, string Path, string Sha256);
