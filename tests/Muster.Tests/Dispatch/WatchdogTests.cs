using Microsoft.Extensions.Time.Testing;
using Muster.Dispatch;

namespace Muster.Tests.Dispatch;

/// <summary>Faults 62 and 64, and the two limits of every attempt: no progress, and the hard ceiling.</summary>
public sealed class WatchdogTests : IDisposable
{
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(5), Ceiling = TimeSpan.FromMinutes(30);
    private readonly TempDirectory home = new();
    private readonly FakeTimeProvider time = new();
    private readonly Watchdog watchdog;

    public WatchdogTests() => watchdog = new(time, Idle, Ceiling, Output, CancellationToken.None);

    private string Output => Path.Combine(home.Path, "output.md");

    public void Dispose()
    {
        watchdog.Dispose();
        home.Dispose();
    }

    [Fact]
    public void Without_progress_an_attempt_ends_after_its_idle_time()
    {
        Pass(TimeSpan.FromSeconds(299));
        Assert.Null(watchdog.Reason);

        Pass(TimeSpan.FromSeconds(2));

        Assert.Equal(("it made no progress for 5 min", true), (watchdog.Reason, watchdog.Token.IsCancellationRequested));
    }

    [Fact]
    public void A_report_and_a_growing_file_are_progress_and_the_ceiling_ends_it_all_the_same()
    {
        for (var i = 0; i < 7; i++)
        {
            Pass(TimeSpan.FromMinutes(4));
            if (i % 2 == 0)
            {
                watchdog.Progress();
            }
            else
            {
                File.AppendAllText(Output, "more");
            }

            Assert.Null(watchdog.Reason);
        }

        Pass(TimeSpan.FromMinutes(2.1));

        Assert.Equal("it ran past its ceiling of 30 min", watchdog.Reason);
    }

    /// <summary>Fault 62: a laptop that slept for 8 hours on a clock that counts its sleep.</summary>
    [Fact]
    public void A_sleep_of_eight_hours_uses_up_neither_limit()
    {
        Pass(TimeSpan.FromMinutes(4));

        time.Advance(TimeSpan.FromHours(8));
        Pass(TimeSpan.FromSeconds(40));

        Assert.Null(watchdog.Reason);
        Pass(TimeSpan.FromSeconds(30));
        Assert.Equal("it made no progress for 5 min", watchdog.Reason);
    }

    /// <summary>Fault 64: every timer fires minutes late on a starved machine.</summary>
    [Fact]
    public void Timers_that_fire_late_do_not_end_an_attempt_early()
    {
        for (var i = 0; i < 20; i++)
        {
            time.Advance(TimeSpan.FromMinutes(3)); // 20 looks of 10 s each were due; 60 minutes have passed.
        }

        Assert.Null(watchdog.Reason);
    }

    private void Pass(TimeSpan span)
    {
        for (var left = span; left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(1))
        {
            time.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
