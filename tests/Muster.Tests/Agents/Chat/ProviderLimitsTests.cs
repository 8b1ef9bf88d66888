using Microsoft.Extensions.Time.Testing;
using Muster.Agents.Chat;

namespace Muster.Tests.Agents.Chat;

/// <summary>Faults 1 and 3: what one credential may send is shared by everybody who uses it.</summary>
public sealed class ProviderLimitsTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider time = new();
    private readonly ProviderLimits limits;

    public ProviderLimitsTests() => limits = new(time);

    [Fact]
    public async Task Before_any_refusal_nothing_waits()
    {
        for (var i = 0; i < 5_000; i++)
        {
            await EnterAsync();
        }
    }

    [Fact]
    public async Task A_429_holds_everybody_back_for_as_long_as_the_provider_asks()
    {
        var refused = await EnterAsync();
        limits.Leave(refused, ProviderAnswer.Throttled, TimeSpan.FromSeconds(20));

        var waiting = Enumerable.Range(0, 3).Select(_ => limits.EnterAsync(Ct)).ToList();
        time.Advance(TimeSpan.FromSeconds(19.9));
        Assert.DoesNotContain(waiting, task => task.IsCompleted);

        time.Advance(TimeSpan.FromSeconds(0.2));
        limits.Leave(await waiting[0].WaitAsync(Soon, Ct), ProviderAnswer.Good, null);
        limits.Leave(await waiting[1].WaitAsync(Soon, Ct), ProviderAnswer.Good, null);
        await waiting[2].WaitAsync(Soon, Ct);
    }

    [Fact]
    public async Task The_ceiling_is_halved_once_for_requests_that_were_refused_together_and_grows_by_one_a_round()
    {
        var together = await ManyAsync(16);
        time.Advance(TimeSpan.FromSeconds(1));

        foreach (var permit in together)
        {
            limits.Leave(permit, ProviderAnswer.Throttled, null);
        }

        Assert.Equal(8, limits.Ceiling);
        foreach (var permit in await ManyAsync(8))
        {
            limits.Leave(permit, ProviderAnswer.Good, null);
        }

        Assert.InRange(limits.Ceiling, 8.9, 9.1);
    }

    [Fact]
    public async Task Never_more_than_the_ceiling_is_under_way_and_never_nothing()
    {
        for (var i = 0; i < 10; i++)
        {
            limits.Leave(await EnterAsync(), ProviderAnswer.Throttled, null);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(1, limits.Ceiling);
        var first = await EnterAsync();
        var second = limits.EnterAsync(Ct);
        Assert.False(second.IsCompleted);

        limits.Leave(first, ProviderAnswer.Nothing, null);
        await second.WaitAsync(Soon, Ct);
    }

    /// <summary>Fault 3: after several 529 in a row all rest, then a single request tries for all.</summary>
    [Fact]
    public async Task After_overloads_in_a_row_a_single_request_tries_and_the_others_wait_for_it()
    {
        foreach (var permit in await ManyAsync(40))
        {
            limits.Leave(permit, ProviderAnswer.Overloaded, null);
        }

        var waiting = Enumerable.Range(0, 12).Select(_ => limits.EnterAsync(Ct)).ToList();
        Assert.DoesNotContain(waiting, task => task.IsCompleted);
        time.Advance(TimeSpan.FromMinutes(1));
        var probe = await waiting[0].WaitAsync(Soon, Ct);
        _ = Assert.Single(waiting, task => task.IsCompleted);

        limits.Leave(probe, ProviderAnswer.Overloaded, null);
        _ = Assert.Single(waiting, task => task.IsCompleted);
        time.Advance(TimeSpan.FromMinutes(1));
        var second = await waiting[1].WaitAsync(Soon, Ct);
        Assert.Equal(2, waiting.Count(task => task.IsCompleted));

        limits.Leave(second, ProviderAnswer.Good, null);
        await Task.WhenAll(waiting).WaitAsync(Soon, Ct);
    }

    [Fact]
    public async Task A_probe_that_is_given_up_lets_the_next_one_try()
    {
        foreach (var permit in await ManyAsync(3))
        {
            limits.Leave(permit, ProviderAnswer.Overloaded, null);
        }

        time.Advance(TimeSpan.FromMinutes(1));
        var probe = await EnterAsync();
        var next = limits.EnterAsync(Ct);
        Assert.False(next.IsCompleted);

        limits.Leave(probe, ProviderAnswer.Nothing, null);

        Assert.True((await next.WaitAsync(Soon, Ct)).IsProbe);
    }

    [Fact]
    public async Task Whoever_gives_up_waiting_takes_nobodys_place()
    {
        using var stop = new CancellationTokenSource();
        limits.Close(TimeSpan.FromSeconds(10));
        var gone = limits.EnterAsync(stop.Token);
        var stays = limits.EnterAsync(Ct);

        await stop.CancelAsync();
        await Task.WhenAny(gone).WaitAsync(Soon, Ct);
        Assert.True(gone.IsCanceled);
        time.Advance(TimeSpan.FromSeconds(11));

        await stays.WaitAsync(Soon, Ct);
    }

    /// <summary>A time that runs out between finding that one must wait and arranging to be woken left everybody waiting for good.</summary>
    [Fact]
    public async Task Whoever_waits_for_a_time_is_woken_however_it_runs_out_while_it_is_looked_at()
    {
        for (var ticks = 1; ticks <= 12; ticks++)
        {
            var creeping = new ProviderLimits(new CreepingTime());
            creeping.Leave(await creeping.EnterAsync(Ct), ProviderAnswer.Throttled, TimeSpan.FromMilliseconds(ticks));

            await creeping.EnterAsync(Ct).WaitAsync(Soon, Ct);
        }
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private async Task<ProviderLimits.Permit> EnterAsync()
    {
        var entering = limits.EnterAsync(Ct);
        Assert.True(entering.IsCompleted);
        return await entering;
    }

    private async Task<List<ProviderLimits.Permit>> ManyAsync(int count)
    {
        var permits = new List<ProviderLimits.Permit>();
        for (var i = 0; i < count; i++)
        {
            permits.Add(await EnterAsync());
        }

        return permits;
    }

    [Fact]
    public async Task Whoever_comes_when_the_time_is_over_and_its_timer_has_not_fired_yet_wakes_all_that_wait()
    {
        var time = new LateTime();
        var limits = new ProviderLimits(time);
        limits.Close(TimeSpan.FromSeconds(1));
        var first = limits.EnterAsync(Ct);
        Assert.False(first.IsCompleted);

        time.Now += 2 * TimeSpan.TicksPerSecond;
        var second = limits.EnterAsync(Ct);

        await Task.WhenAll(first, second).WaitAsync(Soon, Ct);
    }

    /// <summary>Its timers never fire of themselves: the machine is busy.</summary>
    private sealed class LateTime : TimeProvider
    {
        public long Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Never();

        private sealed class Never : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }

    /// <summary>A millisecond passes with each look.</summary>
    private sealed class CreepingTime : TimeProvider
    {
        private long now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => now += TimeSpan.TicksPerMillisecond;
    }
}
