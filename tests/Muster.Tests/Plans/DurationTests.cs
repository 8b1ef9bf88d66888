using Muster.Plans;

namespace Muster.Tests.Plans;

public sealed class DurationTests
{
    [Theory]
    [InlineData("200ms", 0.2)]
    [InlineData("5s", 5)]
    [InlineData("1.5m", 90)]
    [InlineData("1h30m", 5_400)]
    [InlineData("1d", 86_400)]
    public void Durations_are_read_as_people_write_them(string text, double seconds) =>
        Assert.Equal((true, TimeSpan.FromSeconds(seconds)), (Duration.TryParse(text, out var span), span));

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("-5m")]
    [InlineData("5m1h")]
    [InlineData("366d")]
    [InlineData("99999999999999999999s")]
    [InlineData("NaNs")]
    public void Anything_else_is_not(string text) => Assert.False(Duration.TryParse(text, out _));
}
