using Microsoft.Extensions.AI;

namespace Muster.Agents.Chat;

/// <summary>Sends one request and reads its response to the end. Whatever breaks it off becomes a turn that is not whole.</summary>
internal sealed class ResponseReader(IChatProvider provider, TimeSpan idle, TimeProvider time)
{
    /// <summary>One request and its response.</summary>
    /// <param name="client">The model's.</param>
    /// <param name="conversation">As it stands in the transcript.</param>
    /// <param name="options">Tools and limits.</param>
    /// <param name="began">Told once, when the response begins.</param>
    /// <param name="alive">Told now and then while bytes come.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<ChatTurn> ReadAsync(
        IChatClient client, IReadOnlyList<ChatMessage> conversation, ChatOptions options, Action began, Action alive, CancellationToken cancellationToken)
    {
        using var watch = new ResponseWatch(time, idle, alive, cancellationToken);
        var response = new ResponseBuilder();
        try
        {
            var hasBegun = false;
            await foreach (var update in client.GetStreamingResponseAsync(provider.Dress(conversation), options, watch.Token))
            {
                if (!hasBegun)
                {
                    hasBegun = true;
                    began();
                }

                provider.Note(update, response);
                foreach (var usage in update.Contents.OfType<UsageContent>())
                {
                    response.Tokens = provider.TokensOf(usage.Details);
                }
            }

            return response is { IsWhole: true, Stop: not null }
                ? new(response.ToMessage(), response.Stop, response.Tokens) { StopDetail = response.StopDetail, HasBegun = true }
                : Broken(response, watch, ProviderFault.OfLine(new IOException("the response ended before it was whole")));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception) when (watch.WasSilent)
        {
            return Broken(response, watch, new(Runs.FailureClass.Transient, $"the provider was silent for {idle.TotalSeconds:N0} s"), mayHaveLanded: true);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever the provider's client makes of bytes that it did not expect: the response is not whole, and nothing of it counts.
            return (ProviderException.In(e) ?? provider.FaultIn(e)) is { } fault
                ? Broken(response, watch, ProviderFault.Of(fault, time.GetUtcNow())) with { Fault = fault, IsFinal = fault.IsFinal }
                : Broken(response, watch, ProviderFault.OfLine(e), mayHaveLanded: !ProviderFault.WasNeverSent(e));
        }
    }

    private static ChatTurn Broken(ResponseBuilder response, ResponseWatch watch, AgentFailure failure, bool mayHaveLanded = false) =>
        new(response.ToMessage(), null, response.Tokens) { Failure = failure, HasBegun = watch.HasBegun || mayHaveLanded };
}
