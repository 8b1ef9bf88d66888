using Microsoft.Extensions.Time.Testing;
using Muster.Agents.Chat;

namespace Muster.Tests.Agents.Chat;

public sealed class PrefixGateTests
{
    private readonly FakeTimeProvider time = new();
    private readonly PrefixGate gate;

    public PrefixGateTests() => gate = new(time);

    [Fact]
    public async Task The_first_goes_alone_and_the_others_when_its_response_has_begun()
    {
        using var first = await EnterAsync("a");
        var others = Enumerable.Range(0, 5).Select(_ => gate.EnterAsync("a", TestContext.Current.CancellationToken)).ToList();
        using var another = await EnterAsync("b");
        Assert.DoesNotContain(others, task => task.IsCompleted);

        first.Begun();

        await Task.WhenAll(others).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        using var late = await EnterAsync("a");
    }

    [Fact]
    public async Task A_first_one_that_fails_lets_the_next_go_first()
    {
        var first = await EnterAsync("a");
        var others = Enumerable.Range(0, 3).Select(_ => gate.EnterAsync("a", TestContext.Current.CancellationToken)).ToList();

        first.Dispose();
        var second = await (await Task.WhenAny(others)).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        _ = Assert.Single(others, task => task.IsCompleted);
        second.Begun();

        await Task.WhenAll(others).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Nobody_waits_for_ever_for_a_first_one_that_hangs()
    {
        using var first = await EnterAsync("a");
        var other = gate.EnterAsync("a", TestContext.Current.CancellationToken);

        time.Advance(TimeSpan.FromMinutes(3));

        await other.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_prefix_that_the_provider_has_forgotten_is_written_by_one_again()
    {
        (await EnterAsync("a")).Begun();
        time.Advance(TimeSpan.FromMinutes(6));

        using var first = await EnterAsync("a");

        Assert.False(gate.EnterAsync("a", TestContext.Current.CancellationToken).IsCompleted);
    }

    private async Task<PrefixGate.Place> EnterAsync(string prefix)
    {
        var entering = gate.EnterAsync(prefix, TestContext.Current.CancellationToken);
        Assert.True(entering.IsCompleted);
        return await entering;
    }
}
