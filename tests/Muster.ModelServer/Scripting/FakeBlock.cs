using System.Collections.Immutable;
using System.Text.Json;

namespace Muster.Loopback.Scripting;

/// <summary>The steps that a prompt itself asks for: <c>&lt;&lt;FAKE [ {"tool":"Write","input":{…}}, {"text":"Done."} ] FAKE&gt;&gt;</c>.</summary>
internal static class FakeBlock
{
    private const string Begin = "<<FAKE";
    private const string End = "FAKE>>";

    /// <summary>The last block of the user's texts; null when there is none.</summary>
    /// <exception cref="ScriptFormatException">It is not a list of steps.</exception>
    public static (ImmutableArray<ScriptedStep> Steps, int Turn, string Text)? Find(Conversation conversation)
    {
        foreach (var (text, turnsAfter) in conversation.UserTexts.Reverse())
        {
            var begin = text.LastIndexOf(Begin, StringComparison.Ordinal);
            var end = begin < 0 ? -1 : text.IndexOf(End, begin, StringComparison.Ordinal);
            if (end >= 0)
            {
                return (Read(text[(begin + Begin.Length)..end]), turnsAfter, text);
            }
        }

        return null;
    }

    private static ImmutableArray<ScriptedStep> Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return StepReader.ReadAll(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new ScriptFormatException($"the FAKE block is not what one can be: {e.Message}");
        }
    }
}
