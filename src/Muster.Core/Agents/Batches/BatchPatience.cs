using System.Text.Json;
using Muster.Agents.Chat;
using Muster.Runs;

namespace Muster.Agents.Batches;

/// <summary>What waiting mends between us and the batches, and how long is waited.</summary>
internal static class BatchPatience
{
    private const double Growth = 1.5;

    /// <summary>The wait before the next look, 1-based: each half as long again, up to the longest.</summary>
    public static TimeSpan Wait(BatchOptions options, int look)
    {
        var wait = options.FirstLook * Math.Pow(Growth, Math.Min(look - 1, 30));
        return wait < options.LongestLook ? wait : options.LongestLook;
    }

    /// <summary>Whether it is the provider's refusal or the line's, rather than a fault of ours.</summary>
    public static bool IsOfTheLine(Exception fault) =>
        fault is ProviderException or HttpRequestException or IOException or JsonException or OperationCanceledException;

    /// <summary>Whether a batch may be there although the answer is an error: a gateway gave up waiting, say.</summary>
    public static bool MayHaveArrived(ProviderException fault) => (int?)fault.Status is 408 or 409 or (>= 500 and not 503 and not 529);

    /// <summary>How long to wait after a fault that passes; null where it does not say.</summary>
    /// <param name="fault">What went wrong.</param>
    /// <param name="what">For people: what could not be done.</param>
    /// <param name="now">UTC.</param>
    /// <exception cref="AttemptUndecidedException">It does not pass.</exception>
    public static TimeSpan? Passing(Exception fault, string what, DateTimeOffset now)
    {
        if (ProviderException.In(fault) is not { } refusal)
        {
            return null;
        }

        var failure = ProviderFault.Of(refusal, now);
        return failure.Class is FailureClass.Transient ? failure.RetryAfter : throw new AttemptUndecidedException($"{what}: {failure.Reason}");
    }
}
