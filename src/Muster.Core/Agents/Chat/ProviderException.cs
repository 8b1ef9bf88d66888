using System.Net;

namespace Muster.Agents.Chat;

/// <summary>A provider refused a request, or said in the middle of a response that it goes no further.</summary>
/// <param name="status">The HTTP status; null where the fault came inside a response.</param>
/// <param name="code">The provider's name for the fault, such as <c>overloaded_error</c>; null when it gave none.</param>
/// <param name="message">Its words, bounded.</param>
public sealed class ProviderException(HttpStatusCode? status, string? code, string message) : Exception(message)
{
    /// <summary>The HTTP status; null where the fault came inside a response.</summary>
    public HttpStatusCode? Status { get; } = status;

    /// <summary>The provider's name for the fault; null when it gave none.</summary>
    public string? Code { get; } = code;

    /// <summary>How long it asks to wait; null when it said nothing.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether it said not to send the request again.</summary>
    public bool IsFinal { get; init; }

    /// <summary>The one that <paramref name="fault"/> is or was caused by; null when there is none.</summary>
    public static ProviderException? In(Exception fault)
    {
        for (var at = fault; at is not null; at = at.InnerException)
        {
            if (at is ProviderException found)
            {
                return found;
            }
        }

        return null;
    }
}
