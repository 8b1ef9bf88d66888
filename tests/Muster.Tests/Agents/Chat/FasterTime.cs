namespace Muster.Tests.Agents.Chat;

/// <summary>The real clock, so many times as fast: waits of minutes against a real server take part of a second.</summary>
internal sealed class FasterTime(double factor) : TimeProvider
{
    private readonly DateTimeOffset start = System.GetUtcNow();
    private readonly long began = System.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => start + (System.GetElapsedTime(began) * factor);

    public override long GetTimestamp() => (long)((System.GetTimestamp() - began) * factor);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Real(dueTime), Real(period));

    private TimeSpan Real(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? time : time / factor;
}
