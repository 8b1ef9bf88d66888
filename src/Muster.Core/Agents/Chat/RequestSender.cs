using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Extensions.AI;
using Muster.Runs;

namespace Muster.Agents.Chat;

/// <summary>Sends a request until it is answered: when the credential may, alone where it is the first of its kind, and again when the provider was busy.</summary>
/// <param name="provider">Where.</param>
/// <param name="options">How patient.</param>
/// <param name="time">Time.</param>
/// <param name="chance">For the jitter of waits; one attempt's alone.</param>
internal sealed class RequestSender(IChatProvider provider, ChatAgentOptions options, TimeProvider time, Random chance)
{
    private const int LeastCachedCharacters = 2_048; // 512 tokens: the shortest prefix that a provider keeps.
    private const int MostBreaks = 2;
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(0.5), LongestBackoff = TimeSpan.FromSeconds(8), TellEvery = TimeSpan.FromSeconds(30);

    private readonly ResponseReader reader = new(provider, options.StreamIdle, time);
    private ChatOptions? prepared; // A sender serves one conversation, whose options stay as they are.

    /// <summary>One request, whole or given up.</summary>
    /// <param name="client">The model's.</param>
    /// <param name="conversation">As it stands in the transcript.</param>
    /// <param name="chatOptions">Tools and limits.</param>
    /// <param name="patience">Longest time of waiting in all.</param>
    /// <param name="broke">Told of each response that broke off and may have cost something.</param>
    /// <param name="alive">Told while it waits or bytes come.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<ChatTurn> SendAsync(
        IChatClient client, List<ChatMessage> conversation, ChatOptions chatOptions, TimeSpan patience,
        Action<ChatTurn> broke, Action<string?> alive, CancellationToken cancellationToken)
    {
        var prefix = PrefixOf(conversation, chatOptions);
        var (waited, breaks) = (TimeSpan.Zero, 0);
        for (var tries = 1; ; tries++)
        {
            if (provider.Limits.ClosedFor is var closed && closed > patience - waited)
            {
                return NotSent(closed);
            }

            var (turn, held) = await OnceAsync(client, conversation, chatOptions, prefix, alive, cancellationToken);
            waited += held;
            if (turn.Failure is not { } failure)
            {
                return turn;
            }

            if (turn.HasBegun)
            {
                broke(turn);
                breaks++;
            }

            var wait = Wait(tries, failure.RetryAfter);
            if (failure.Class is not FailureClass.Transient || turn.IsFinal || tries >= options.MostTries || breaks >= MostBreaks || waited + wait > patience)
            {
                return turn;
            }

            alive($"{failure.Reason}; trying again in {wait.TotalSeconds:0.#} s");
            await using (TellWhileWaiting(alive))
            {
                await Task.Delay(wait, time, cancellationToken);
            }

            waited += wait;
        }
    }

    private async Task<(ChatTurn Turn, TimeSpan Held)> OnceAsync(
        IChatClient client, List<ChatMessage> conversation, ChatOptions chatOptions, string? prefix, Action<string?> alive, CancellationToken cancellationToken)
    {
        var asked = time.GetTimestamp();
        PrefixGate.Place? place;
        ProviderLimits.Permit permit;
        await using (TellWhileWaiting(alive))
        {
            place = prefix is null ? null : await provider.Prefixes.EnterAsync(prefix, cancellationToken);
            try
            {
                permit = await provider.Limits.EnterAsync(cancellationToken);
            }
            catch
            {
                place?.Dispose();
                throw;
            }
        }

        var held = time.GetElapsedTime(asked);
        var (answer, retryAfter) = (ProviderAnswer.Nothing, default(TimeSpan?));
        try
        {
            var turn = await reader.ReadAsync(client, conversation, prepared ??= provider.Prepare(chatOptions), () => place?.Begun(), () => alive(null), cancellationToken);
            (answer, retryAfter) = (AnswerOf(turn), turn.Failure?.RetryAfter);
            return (turn, held);
        }
        finally
        {
            provider.Limits.Leave(permit, answer, retryAfter);
            place?.Dispose();
        }
    }

    private static ProviderAnswer AnswerOf(ChatTurn turn) =>
        turn.Failure is null ? ProviderAnswer.Good
        : turn.Fault is null ? ProviderAnswer.Nothing
        : ProviderFault.IsOverload(turn.Fault) ? ProviderAnswer.Overloaded
        : ProviderFault.IsThrottle(turn.Fault) && turn.Failure.Class is FailureClass.Transient ? ProviderAnswer.Throttled
        : ProviderAnswer.Nothing;

    /// <summary>What the provider asks for in full, and a little more, or "full jitter" as <see cref="RetryPolicy.Backoff"/> has it.</summary>
    private TimeSpan Wait(int tries, TimeSpan? retryAfter)
    {
        var bound = Math.Min(LongestBackoff.TotalSeconds, FirstBackoff.TotalSeconds * Math.Pow(2, tries - 1));
#pragma warning disable CA5394 // Jitter is no secret.
        var jitter = TimeSpan.FromSeconds(bound * chance.NextDouble());
#pragma warning restore CA5394
        return retryAfter is { } asked ? asked + (jitter < asked ? jitter / 10 : jitter) : jitter;
    }

    private static ChatTurn NotSent(TimeSpan closed) => new(new(ChatRole.Assistant, []), null, null)
    {
        Failure = new(FailureClass.Transient, $"the provider takes nothing for {closed.TotalSeconds:N0} s", closed),
    };

    private ITimer TellWhileWaiting(Action<string?> alive) => time.CreateTimer(_ => alive("waiting for the provider"), null, TellEvery, TellEvery);

    /// <summary>Only the first request of a conversation shares its beginning with others; the later ones have their own in the cache.</summary>
    private static string? PrefixOf(List<ChatMessage> conversation, ChatOptions chatOptions)
    {
        if (conversation.Count > 2 || conversation[0].Role != ChatRole.System)
        {
            return null;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(chatOptions.ModelId.AsSpan()));
        var length = conversation[0].Text.Length;
        foreach (var tool in chatOptions.Tools!.OfType<AIFunctionDeclaration>())
        {
            var schema = JsonMarshal.GetRawUtf8Value(tool.JsonSchema);
            hash.AppendData(MemoryMarshal.AsBytes($"\n{tool.Name}\n{tool.Description}\n".AsSpan()));
            hash.AppendData(schema);
            length += tool.Name.Length + tool.Description.Length + schema.Length;
        }

        hash.AppendData(MemoryMarshal.AsBytes(conversation[0].Text.AsSpan()));
        return length < LeastCachedCharacters ? null : Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
