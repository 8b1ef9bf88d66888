namespace Muster.Loopback;

/// <summary>A call in a reply.</summary>
/// <param name="Id">Says its turn; see <see cref="CallId"/>.</param>
/// <param name="Name">As the tool was offered.</param>
/// <param name="Input">A JSON object.</param>
internal sealed record ToolCall(string Id, string Name, string Input);
