using System.Text.Json;

namespace Muster.Loopback;

/// <summary>A piece of a prompt in the order in which the cache sees it: tools, system, messages.</summary>
/// <param name="Role">Whose it is; a tool's is <c>tools</c>.</param>
/// <param name="Element">An object, or a text.</param>
/// <param name="IsBreakpoint">The prefix that ends here may be kept.</param>
internal readonly record struct PromptBlock(string Role, JsonElement Element, bool IsBreakpoint);
