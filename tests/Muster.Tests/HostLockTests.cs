namespace Muster.Tests;

/// <summary>To look whether a run is driven takes its lock for an instant; who wants to drive it is not refused for that.</summary>
public sealed class HostLockTests
{
    [Fact]
    public async Task Whoever_looks_at_a_lock_keeps_nobody_from_taking_it()
    {
        using var run = new TempDirectory();
        using var stop = new CancellationTokenSource();
        var onlookers = Enumerable.Range(0, 2).Select(_ => Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    HostLock.IsHeld(run.Path);
                }
            },
            TestContext.Current.CancellationToken)).ToList();

        for (var i = 0; i < 2_000; i++)
        {
            HostLock.Take(run.Path, "run").Dispose();
        }

        await stop.CancelAsync();
        await Task.WhenAll(onlookers);
    }
}
