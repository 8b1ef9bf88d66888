using System.Globalization;
using Muster.Agents.Chat;

namespace Muster.Tests.Agents.Chat;

public sealed class RateHeadersTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("retry-after", "7", 7.0)]
    [InlineData("retry-after", "1.5", 1.5)]
    [InlineData("retry-after-ms", "250", 0.25)]
    [InlineData("retry-after", "Wed, 25 Nov 2026 12:00:30 GMT", 30.0)]
    [InlineData("retry-after", "Wed, 25 Nov 2026 11:00:00 GMT", 0.0)]
    [InlineData("retry-after", "soon", null)]
    [InlineData("retry-after", "-5", null)]
    [InlineData("x-other", "5", null)]
    public void Retry_after_is_read_in_every_form(string name, string value, double? seconds) =>
        Assert.Equal(seconds, RateHeaders.RetryAfter(Headers((name, value)), Now)?.TotalSeconds);

    [Theory]
    [InlineData("anthropic-ratelimit-requests-remaining", "0", "anthropic-ratelimit-requests-reset", "2026-11-25T12:00:09Z", 9.0)]
    [InlineData("anthropic-ratelimit-output-tokens-remaining", "0", "anthropic-ratelimit-output-tokens-reset", "2026-11-25T12:30:00Z", 60.0)]
    [InlineData("anthropic-ratelimit-requests-remaining", "1", "anthropic-ratelimit-requests-reset", "2026-11-25T12:00:09Z", null)]
    [InlineData("anthropic-ratelimit-requests-remaining", "0", "anthropic-ratelimit-requests-reset", "2026-11-25T11:00:00Z", null)]
    [InlineData("x-ratelimit-remaining-requests", "0", "x-ratelimit-reset-requests", "6m0s", 60.0)]
    [InlineData("x-ratelimit-remaining-tokens", "0", "x-ratelimit-reset-tokens", "1.5s", 1.5)]
    [InlineData("x-ratelimit-remaining-tokens", "0", "x-ratelimit-reset-tokens", "20ms", 0.02)]
    [InlineData("x-ratelimit-remaining-tokens", "0", "x-ratelimit-reset-tokens", "nonsense", null)]
    public void A_budget_that_is_used_up_is_waited_for(string remaining, string left, string reset, string at, double? seconds) =>
        Assert.Equal(seconds, RateHeaders.UntilReset(Headers((remaining, left), (reset, at)), Now)?.TotalSeconds);

    [Fact]
    public void Of_several_the_longest_counts() => Assert.Equal(
        TimeSpan.FromSeconds(20),
        RateHeaders.UntilReset(
            Headers(
                ("anthropic-ratelimit-requests-remaining", "0"), ("anthropic-ratelimit-requests-reset", Now.AddSeconds(20).ToString("O", CultureInfo.InvariantCulture)),
                ("anthropic-ratelimit-tokens-remaining", "0"), ("anthropic-ratelimit-tokens-reset", Now.AddSeconds(5).ToString("O", CultureInfo.InvariantCulture))),
            Now));

    private static System.Net.Http.Headers.HttpResponseHeaders Headers(params ReadOnlySpan<(string Name, string Value)> headers)
    {
        using var response = new HttpResponseMessage();
        foreach (var (name, value) in headers)
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }

        return response.Headers;
    }
}
