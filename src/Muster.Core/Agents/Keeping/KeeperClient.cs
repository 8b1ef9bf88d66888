namespace Muster.Agents.Keeping;

/// <summary>Gives an engine its run's keeper, and starts one when there is none.</summary>
internal sealed class KeeperClient(string runDirectory) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);

    private readonly SemaphoreSlim gate = new(1);
    private KeeperConnection? current;

    /// <summary>A connection that works, as far as one can know.</summary>
    /// <exception cref="IOException">No keeper could be started.</exception>
    public async Task<KeeperConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        if (current is { IsGone: false } works)
        {
            return works;
        }

        await gate.WaitAsync(cancellationToken);
        try
        {
            return current is { IsGone: false } now ? now : current = await OpenAsync(cancellationToken);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose()
    {
        current?.Dispose();
        gate.Dispose();
    }

    private async Task<KeeperConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var time = TimeProvider.System; // Real processes take real time.
        var (from, pid) = (time.GetTimestamp(), 0);
        while (time.GetElapsedTime(from) < Patience)
        {
            if (await KeeperConnection.TryConnectAsync(runDirectory, cancellationToken) is { } connection)
            {
                return connection;
            }

            // A keeper that was leaving as we came may have kept ours from staying: then another is started.
            if (pid == 0 || ProcessTable.Read(pid) is null or { IsZombie: true })
            {
                pid = KeeperProgram.Start(runDirectory);
            }

            await Task.Delay(Step, time, cancellationToken);
        }

        throw new IOException($"The keeper of {runDirectory} does not answer; its keeper.log may say why.");
    }
}
