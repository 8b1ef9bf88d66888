using System.Text;
using Microsoft.Extensions.AI;
using Muster.Models;

namespace Muster.Agents.Chat;

/// <summary>Puts a response together from what is streamed.</summary>
internal sealed class ResponseBuilder
{
    private readonly List<AIContent> contents = [];
    private readonly StringBuilder text = new();
    private Thought? thought;

    /// <summary>Why the response ended; null until that is known.</summary>
    public ChatStop? Stop { get; set; }

    /// <summary>The provider's words on it; null when there are none.</summary>
    public string? StopDetail { get; set; }

    /// <summary>Whether the provider said that this was all.</summary>
    public bool IsWhole { get; set; }

    /// <summary>What it took, as far as is known.</summary>
    public ModelTokens? Tokens { get; set; }

    /// <summary>Takes the next parts of what the model says.</summary>
    /// <param name="parts">As they were streamed.</param>
    /// <param name="beginsThought">Whether a new thought begins, rather than the last one going on.</param>
    public void Take(IEnumerable<AIContent> parts, bool beginsThought)
    {
        foreach (var part in parts)
        {
            switch (part)
            {
                case TextContent said:
                    EndThought();
                    text.Append(said.Text);
                    break;
                case TextReasoningContent reasoning:
                    EndText();
                    Think(reasoning, beginsThought);
                    break;
                case FunctionCallContent call:
                    EndText();
                    EndThought();
                    contents.Add(new FunctionCallContent(call.CallId, call.Name, call.Arguments) { Exception = call.Exception });
                    break;
            }
        }
    }

    /// <summary>The message so far.</summary>
    public ChatMessage ToMessage()
    {
        EndText();
        EndThought();
        return new(ChatRole.Assistant, [.. contents]);
    }

    private void Think(TextReasoningContent reasoning, bool begins)
    {
        if (begins)
        {
            EndThought();
        }

        thought ??= new();
        thought.Text.Append(reasoning.Text);
        thought.Signature = reasoning.ProtectedData is { Length: > 0 } signature ? signature : thought.Signature;
        thought.Properties ??= reasoning.AdditionalProperties;
    }

    private void EndText()
    {
        if (text.Length > 0)
        {
            contents.Add(new TextContent(text.ToString()));
            text.Clear();
        }
    }

    private void EndThought()
    {
        if (thought is { } done)
        {
            contents.Add(new TextReasoningContent(done.Text.ToString()) { ProtectedData = done.Signature, AdditionalProperties = done.Properties });
            thought = null;
        }
    }

    private sealed class Thought
    {
        public StringBuilder Text { get; } = new();

        public string? Signature { get; set; }

        public AdditionalPropertiesDictionary? Properties { get; set; }
    }
}
