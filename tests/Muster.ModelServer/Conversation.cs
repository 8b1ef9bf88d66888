using System.Text.Json;

namespace Muster.Loopback;

/// <summary>A request's conversation, whatever dialect it came in.</summary>
/// <param name="Model">The model's name as the request has it.</param>
/// <param name="Streams">The answer is wanted as server-sent events.</param>
internal sealed record Conversation(string Model, bool Streams)
{
    private readonly List<Entry> entries = [];

    public List<OfferedTool> Tools { get; } = [];

    public List<string> System { get; } = [];

    /// <summary>Every text of the user with the number of the assistant's turns after it.</summary>
    public IEnumerable<(string Text, int TurnsAfter)> UserTexts => entries
        .Select((entry, i) => (entry.Text, TurnsAfter: TurnsFrom(i)))
        .Where(text => text.Text is not null)
        .Select(text => (text.Text!, text.TurnsAfter));

    /// <summary>What tools returned.</summary>
    public IEnumerable<string> ToolResults => entries.Where(e => e.Result is not null).SelectMany(e => TextsIn(e.Result!.Value));

    /// <summary>A schema that the answer must have; null: any text will do.</summary>
    public JsonElement? AnswerSchema { get; set; }

    /// <summary>The stream is to end with the counts of tokens; only Chat Completions ask.</summary>
    public bool WantsUsage { get; set; } = true;

    /// <summary>The prompt as the cache sees it.</summary>
    public List<PromptBlock> Blocks { get; } = [];

    public void AddUser(string text) => entries.Add(new(text, false, null, null));

    public void AddResult(JsonElement result) => entries.Add(new(null, false, null, result));

    /// <summary>Part of an assistant's turn. Parts in a row are one turn; so are two calls of one turn with a result between them.</summary>
    /// <param name="callId">Id of the call that the part is; null for text.</param>
    public void AddAssistant(string? callId)
    {
        var turn = CallId.TurnOf(callId);
        if (entries.Count > 0 && entries[^1].IsAssistant)
        {
            entries[^1] = entries[^1] with { CallTurn = entries[^1].CallTurn ?? turn };
        }
        else if (turn is null || turn != entries.FindLast(e => e.IsAssistant || e.Text is not null)?.CallTurn)
        {
            entries.Add(new(null, true, turn, null));
        }
    }

    private int TurnsFrom(int index)
    {
        var turns = 0;
        for (var i = index + 1; i < entries.Count; i++)
        {
            turns += entries[i].IsAssistant ? 1 : 0;
        }

        return turns;
    }

    private static IEnumerable<string> TextsIn(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Array => element.EnumerateArray().SelectMany(TextsIn),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => TextsIn(property.Value)),
        _ => [],
    };

    private sealed record Entry(string? Text, bool IsAssistant, string? CallTurn, JsonElement? Result);
}
