using System.Net;

namespace Muster.Agents.Chat;

/// <summary>Stands between the provider's client and the network: watches the bytes, learns the limits, and turns refusals into one kind of error.</summary>
/// <remarks>The clients' own errors carry neither <c>retry-after</c> nor the rate-limit headers.</remarks>
internal sealed class ReplyHandler(ProviderLimits limits, TimeProvider time) : DelegatingHandler
{
    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        var now = time.GetUtcNow();
        var untilReset = RateHeaders.UntilReset(response.Headers, now);
        if (untilReset is { } wait)
        {
            limits.Close(wait);
        }

        if (response.IsSuccessStatusCode)
        {
            if (ResponseWatch.Current is { } watch)
            {
                watch.Begin();
                response.Content = new WatchedContent(response.Content, watch);
            }

            return response;
        }

        using (response)
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            var (type, message) = await ProviderError.ReadAsync(body, cancellationToken);
            throw new ProviderException(response.StatusCode, type, message)
            {
                RetryAfter = RateHeaders.RetryAfter(response.Headers, now)
                    ?? (response.StatusCode is HttpStatusCode.TooManyRequests ? untilReset : null),
                IsFinal = RateHeaders.SaysNoRetry(response.Headers),
            };
        }
    }
}
