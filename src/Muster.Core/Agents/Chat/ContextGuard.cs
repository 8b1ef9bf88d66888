using System.Globalization;
using Microsoft.Extensions.AI;
using Muster.Agents.Chat.Tools;

namespace Muster.Agents.Chat;

/// <summary>Keeps a conversation inside the model's window: the oldest results of tools become pointers. The prompt is never touched.</summary>
/// <remarks>
/// Tokens are estimated from characters, generously, so that the same conversation is always cut the same way: one that is read back after
/// a kill too, and its beginning stays what the provider has in its cache.
/// </remarks>
internal sealed class ContextGuard(int window)
{
    private const double CharactersPerToken = 3;
    private const double Full = 0.8, Room = 0.55;
    private const int LeastWorthCutting = 400;

    /// <summary>Cuts where the next request would pass 80 % of the window, and then well below it, so that it does not happen at every turn.</summary>
    /// <param name="conversation">Messages are replaced in it.</param>
    /// <returns>How many results were cut.</returns>
    public int Fit(List<ChatMessage> conversation) => Estimate(conversation) > window * Full ? Cut(conversation, window * Room) : 0;

    /// <summary>Cuts all that can be cut: the provider has said that the conversation is too long.</summary>
    public static int CutAll(List<ChatMessage> conversation) => Cut(conversation, 0);

    private static int Cut(List<ChatMessage> conversation, double target)
    {
        var calls = conversation.SelectMany(m => m.Contents.OfType<FunctionCallContent>()).GroupBy(c => c.CallId, StringComparer.Ordinal)
            .ToDictionary(c => c.Key, c => c.First(), StringComparer.Ordinal);
        var latest = conversation.FindLastIndex(message => message.Role == ChatRole.Tool); // What was asked for last is needed next.
        var (left, cut) = (Estimate(conversation), 0);
        for (var i = 0; i < latest && left > target; i++)
        {
            if (conversation[i].Role != ChatRole.Tool)
            {
                continue;
            }

            var contents = conversation[i].Contents.ToList();
            for (var at = 0; at < contents.Count && left > target; at++)
            {
                if (contents[at] is FunctionResultContent result && ToolResult.Text(result) is { Length: > LeastWorthCutting } text)
                {
                    var pointer = string.Create(CultureInfo.InvariantCulture, $"[cut: {text.Length:N0} characters of {Told(calls.GetValueOrDefault(result.CallId))}]");
                    contents[at] = new FunctionResultContent(result.CallId, pointer);
                    left -= (text.Length - pointer.Length) / CharactersPerToken;
                    cut++;
                }
            }

            conversation[i] = new(ChatRole.Tool, contents);
        }

        return cut;
    }

    /// <summary>Tokens of these messages, rather too many than too few.</summary>
    public static double Estimate(IEnumerable<ChatMessage> conversation) =>
        conversation.Sum(message => message.Contents.Sum(Length)) / CharactersPerToken;

    private static double Length(AIContent content) => content switch
    {
        TextContent text => text.Text.Length,
        TextReasoningContent thought => thought.Text.Length + (thought.ProtectedData?.Length ?? 0),
        FunctionCallContent call => call.Name.Length + (call.Arguments?.Sum(a => a.Key.Length + (a.Value?.ToString()?.Length ?? 0) + 8.0) ?? 0),
        FunctionResultContent result => ToolResult.Text(result).Length,
        _ => 0,
    };

    /// <summary>The call in a few words: <c>Read(src/app.py)</c>.</summary>
    private static string Told(FunctionCallContent? call)
    {
        if (call is null)
        {
            return "a tool's output";
        }

        var arguments = string.Join(", ", call.Arguments?.Select(a => a.Value?.ToString() ?? string.Empty) ?? []);
        return $"{call.Name}({(arguments.Length > 120 ? arguments[..120] + " …" : arguments)})";
    }
}
