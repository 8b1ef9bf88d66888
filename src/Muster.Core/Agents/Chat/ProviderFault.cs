using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Muster.Runs;

namespace Muster.Agents.Chat;

/// <summary>What a provider's refusal means for the attempt and the run.</summary>
internal static partial class ProviderFault
{
    private const int Overloaded = 529;

    /// <summary>The failure that a refusal is.</summary>
    /// <param name="fault">What the provider said.</param>
    /// <param name="now">For a date on which a quota is there again.</param>
    public static AgentFailure Of(ProviderException fault, DateTimeOffset now)
    {
        var kind = ClassOf(fault);
        var wait = kind is FailureClass.Quota ? fault.RetryAfter ?? UntilAccess(fault.Message, now) : fault.RetryAfter;
        var status = fault.Status is null ? "the provider broke off" : string.Create(CultureInfo.InvariantCulture, $"the provider answered {(int)fault.Status.Value}");
        return new(kind, $"{status}{(fault.Code is null ? string.Empty : $" ({fault.Code})")}: {fault.Message.TrimEnd('.')}", wait);
    }

    /// <summary>The failure that a line which broke is.</summary>
    public static AgentFailure OfLine(Exception fault) => new(
        FailureClass.Transient, fault.GetBaseException() is SocketException socket ? $"the provider cannot be reached: {socket.Message}" : $"the line to the provider broke: {fault.GetBaseException().Message}");

    /// <summary>Whether the provider has too much to do altogether, whoever asks.</summary>
    public static bool IsOverload(ProviderException fault) => (int?)fault.Status == Overloaded || fault.Code is "overloaded_error";

    /// <summary>Whether this credential asks too much.</summary>
    public static bool IsThrottle(ProviderException fault) => fault.Status is HttpStatusCode.TooManyRequests || fault.Code is "rate_limit_error";

    /// <summary>Whether the conversation is longer than the model's window.</summary>
    public static bool IsTooLong(ProviderException fault) =>
        fault.Status is HttpStatusCode.BadRequest && (fault.Code is "context_length_exceeded" || TooLongPattern().IsMatch(fault.Message));

    /// <summary>Whether a line broke before the request could reach the provider: it cannot have cost anything.</summary>
    public static bool WasNeverSent(Exception fault)
    {
        for (var at = fault; at is not null; at = at.InnerException)
        {
            if (at is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError })
            {
                return true;
            }
        }

        return false;
    }

    private static FailureClass ClassOf(ProviderException fault) => (int?)fault.Status switch
    {
        402 => FailureClass.Quota,
        400 or 403 or 429 when IsQuota(fault) => FailureClass.Quota,
        408 or 409 or 425 or 429 or >= 500 => FailureClass.Transient,
        >= 400 => FailureClass.Permanent,
        _ => fault.Code switch
        {
            "billing_error" => FailureClass.Quota,
            "invalid_request_error" or "authentication_error" or "permission_error" or "not_found_error" or "request_too_large" => FailureClass.Permanent,
            _ => FailureClass.Transient,
        },
    };

    /// <summary>A spending limit is told as 429 without retry-after, or as 400; waiting a little does not mend it.</summary>
    private static bool IsQuota(ProviderException fault) =>
        fault.Code is "insufficient_quota" or "enforced_spend_limit_reached" or "billing_error" or "billing_hard_limit_reached" or "billing_not_active"
        || (fault.RetryAfter is null && QuotaPattern().IsMatch(fault.Message));

    private static TimeSpan? UntilAccess(string message, DateTimeOffset now) =>
        AccessPattern().Match(message) is { Success: true } match
        && DateTimeOffset.TryParse($"{match.Groups["day"].Value}T{match.Groups["time"].Value}Z", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) && at > now
            ? at - now
            : null;

    [GeneratedRegex(@"spend(?:ing)? (?:limit|cap)|credit balance|usage limits?\b|exceeded your current quota|billing", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex QuotaPattern();

    [GeneratedRegex(@"prompt is too long|maximum context length|context window|too many tokens", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex TooLongPattern();

    [GeneratedRegex(@"on (?<day>\d{4}-\d{2}-\d{2}) at (?<time>\d{2}:\d{2})", RegexOptions.NonBacktracking)]
    private static partial Regex AccessPattern();
}
