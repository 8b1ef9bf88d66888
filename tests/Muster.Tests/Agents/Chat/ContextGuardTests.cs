using Microsoft.Extensions.AI;
using Muster.Agents.Chat;

namespace Muster.Tests.Agents.Chat;

public sealed class ContextGuardTests
{
    private const string Prompt = "Find everything.";

    [Fact]
    public void A_conversation_that_fits_stays_as_it_is()
    {
        var conversation = Conversation(results: 10, length: 1_000);
        var before = conversation.ToList();

        Assert.Equal(0, new ContextGuard(100_000).Fit(conversation));
        Assert.Equal(before, conversation);
    }

    [Fact]
    public void The_oldest_results_become_pointers_and_prompt_and_last_results_stay()
    {
        var conversation = Conversation(results: 10, length: 30_000); // Some 100,000 tokens by the guard's count.

        var cut = new ContextGuard(100_000).Fit(conversation);

        Assert.InRange(cut, 4, 6);
        var results = conversation.SelectMany(m => m.Contents.OfType<FunctionResultContent>()).Select(r => r.Result!.ToString()!).ToList();
        Assert.Equal("[cut: 30,000 characters of Read(src/file0.cs)]", results[0]);
        Assert.All(results.Skip(cut), text => Assert.Equal(30_000, text.Length));
        Assert.Equal(Prompt, conversation[0].Text);
        Assert.Equal(0, new ContextGuard(100_000).Fit(conversation)); // Well below the limit, so that the next turns change nothing.
    }

    /// <summary>A conversation that is read back turn by turn is cut as the one that was had: what the provider has in its cache stays useful.</summary>
    [Fact]
    public void The_same_conversation_is_always_cut_the_same_way()
    {
        List<string> Play()
        {
            var (guard, conversation) = (new ContextGuard(50_000), new List<ChatMessage>());
            foreach (var message in Conversation(results: 20, length: 20_000))
            {
                conversation.Add(message);
                if (message.Role == ChatRole.Tool)
                {
                    guard.Fit(conversation);
                }
            }

            return [.. conversation.SelectMany(m => m.Contents.OfType<FunctionResultContent>()).Select(r => r.Result!.ToString()!)];
        }

        Assert.Contains(Play(), text => text.StartsWith("[cut", StringComparison.Ordinal));
        Assert.Equal(Play(), Play());
    }

    [Fact]
    public void When_the_provider_says_that_it_is_too_long_all_but_the_last_results_go()
    {
        var conversation = Conversation(results: 4, length: 5_000);

        Assert.Equal(3, ContextGuard.CutAll(conversation));
        Assert.Equal(0, ContextGuard.CutAll(conversation));
    }

    private static List<ChatMessage> Conversation(int results, int length)
    {
        List<ChatMessage> conversation = [new(ChatRole.User, Prompt)];
        for (var i = 0; i < results; i++)
        {
            conversation.Add(new(ChatRole.Assistant, [new FunctionCallContent($"c{i}", "Read", new Dictionary<string, object?> { ["file_path"] = $"src/file{i}.cs" })]));
            conversation.Add(new(ChatRole.Tool, [new FunctionResultContent($"c{i}", new string('x', length))]));
        }

        return conversation;
    }
}
