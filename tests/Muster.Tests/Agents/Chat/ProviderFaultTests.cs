using System.Net;
using Muster.Agents.Chat;
using Muster.Runs;

namespace Muster.Tests.Agents.Chat;

/// <summary>Faults 1 to 5: what each refusal means.</summary>
public sealed class ProviderFaultTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(429, "rate_limit_error", "This request would exceed your rate limit", FailureClass.Transient)]
    [InlineData(429, null, "slow down", FailureClass.Transient)]
    [InlineData(529, "overloaded_error", "Overloaded", FailureClass.Transient)]
    [InlineData(500, "api_error", "Internal server error", FailureClass.Transient)]
    [InlineData(502, null, "<html>Bad gateway</html>", FailureClass.Transient)]
    [InlineData(503, null, "", FailureClass.Transient)]
    [InlineData(504, "timeout_error", "Timed out", FailureClass.Transient)]
    [InlineData(408, null, "", FailureClass.Transient)]
    [InlineData(400, "invalid_request_error", "max_tokens: must be positive", FailureClass.Permanent)]
    [InlineData(401, "authentication_error", "invalid x-api-key", FailureClass.Permanent)]
    [InlineData(403, "permission_error", "not allowed", FailureClass.Permanent)]
    [InlineData(404, "not_found_error", "model: nothing", FailureClass.Permanent)]
    [InlineData(413, "request_too_large", "too large", FailureClass.Permanent)]
    [InlineData(422, null, "unprocessable", FailureClass.Permanent)]
    [InlineData(402, "billing_error", "pay", FailureClass.Quota)]
    [InlineData(429, "enforced_spend_limit_reached", "limit", FailureClass.Quota)]
    [InlineData(429, "insufficient_quota", "You exceeded your current quota", FailureClass.Quota)]
    [InlineData(429, "rate_limit_error", "You have reached your spend limit for this month", FailureClass.Quota)]
    [InlineData(400, "invalid_request_error", "Your credit balance is too low to access the API", FailureClass.Quota)]
    public void A_refusal_has_a_class(int status, string? code, string message, FailureClass expected) =>
        Assert.Equal(expected, ProviderFault.Of(new((HttpStatusCode)status, code, message), Now).Class);

    [Theory]
    [InlineData("overloaded_error", FailureClass.Transient)]
    [InlineData("rate_limit_error", FailureClass.Transient)]
    [InlineData("invalid_request_error", FailureClass.Permanent)]
    [InlineData("billing_error", FailureClass.Quota)]
    [InlineData(null, FailureClass.Transient)]
    public void So_has_a_fault_inside_a_response(string? code, FailureClass expected) =>
        Assert.Equal(expected, ProviderFault.Of(new(null, code, "broke off"), Now).Class);

    [Fact]
    public void A_quota_says_when_it_is_there_again()
    {
        var failure = ProviderFault.Of(new(HttpStatusCode.BadRequest, null, "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC."), Now);

        Assert.Equal((FailureClass.Quota, TimeSpan.FromHours((24 * 5) + 12)), (failure.Class, failure.RetryAfter));
    }

    [Fact]
    public void What_the_provider_asks_to_wait_is_told_and_its_words_stand_in_the_reason()
    {
        var failure = ProviderFault.Of(new(HttpStatusCode.TooManyRequests, "rate_limit_error", "Slow down.") { RetryAfter = TimeSpan.FromSeconds(7) }, Now);

        Assert.Equal(new(FailureClass.Transient, "the provider answered 429 (rate_limit_error): Slow down", TimeSpan.FromSeconds(7)), failure);
    }

    [Fact]
    public void A_short_wait_that_is_named_is_no_quota_whatever_the_words() =>
        Assert.Equal(
            FailureClass.Transient,
            ProviderFault.Of(new(HttpStatusCode.TooManyRequests, null, "You exceeded your current quota of requests a minute") { RetryAfter = TimeSpan.FromSeconds(1) }, Now).Class);
}
