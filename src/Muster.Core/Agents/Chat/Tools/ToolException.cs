namespace Muster.Agents.Chat.Tools;

/// <summary>A call of a tool that cannot be carried out, in a sentence for the model: what is wrong, and what it can do.</summary>
public sealed class ToolException(string message) : Exception(message);
