namespace Muster.Agents.Batches;

/// <summary>Takes the requests of many attempts to a provider in batches, and brings each its answer. One for a credential.</summary>
/// <remarks>
/// An attempt that an earlier engine began is in a batch already, as <see cref="BatchLog"/> knows: it joins those that wait for that one.
/// Thread-safe.
/// </remarks>
internal sealed class BatchLane(BatchApi api, BatchLog log, BatchOptions options, TimeProvider time) : IDisposable
{
    private readonly Lock gate = new();
    private readonly CancellationTokenSource closing = new();
    private readonly Dictionary<int, BatchCourse> recovered = [];
    private Dictionary<BatchKey, BatchItem> gathered = [];
    private long gatheredBytes;
    private long gatheringSince;
    private ITimer? gathering;
    private volatile bool hasLetGo;

    /// <summary>The answer to an attempt's request.</summary>
    /// <param name="key">The attempt's.</param>
    /// <param name="compose">Makes the request, should it have to be sent.</param>
    /// <param name="cancellationToken">Gives it up. A batch that nobody waits for any more is cancelled at the provider.</param>
    /// <exception cref="Chat.ProviderSetupException">There is no key.</exception>
    /// <exception cref="AttemptUndecidedException">It may have been sent, and nobody can tell.</exception>
    public async Task<BatchAnswer> AskAsync(BatchKey key, Func<CancellationToken, Task<byte[]>> compose, CancellationToken cancellationToken)
    {
        var item = new BatchItem(key, compose);
        if (!TryJoin(item))
        {
            cancellationToken.ThrowIfCancellationRequested();
            api.RequireKey();
            Gather(item, BatchBody.LengthOf(await item.ComposeAsync(cancellationToken)));
        }

        try
        {
            return await item.Answer.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await LeaveAsync(item);
            throw;
        }
    }

    /// <summary>From here on, giving up leaves the batches to the next engine.</summary>
    public void LetGo() => hasLetGo = true;

    /// <inheritdoc/>
    public void Dispose()
    {
        closing.Cancel();
        lock (gate)
        {
            gathered.Clear(); // A timer that fires now finds nothing to send.
            gathering?.Dispose();
        }

        closing.Dispose();
    }

    private bool TryJoin(BatchItem item)
    {
        if (log.Find(item.Key) is not { } record)
        {
            return false;
        }

        lock (gate)
        {
            if (recovered.TryGetValue(record.Number, out var course) && course.TryJoin(item))
            {
                return true;
            }

            recovered[record.Number] = course = new BatchCourse(record, api, log, options, time, closing.Token);
            course.TryJoin(item);
            Start(course);
            return true;
        }
    }

    private void Gather(BatchItem item, long bytes)
    {
        lock (gate)
        {
            if (gathered.Count > 0 && (gathered.Count >= options.MostRequests || gatheredBytes + bytes > options.MostBytes))
            {
                Send();
            }

            gatheringSince = gathered.Count == 0 ? time.GetTimestamp() : gatheringSince;
            gathered.Add(item.Key, item);
            gatheredBytes += bytes;
            var left = options.LongestGathering - time.GetElapsedTime(gatheringSince);
            var wait = left < options.Quiet ? left : options.Quiet;
            gathering ??= time.CreateTimer(_ => SendGathered(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            gathering.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    private void SendGathered()
    {
        lock (gate)
        {
            if (gathered.Count > 0)
            {
                Send();
            }
        }
    }

    private void Send()
    {
        var course = new BatchCourse(null, api, log, options, time, closing.Token);
        foreach (var item in gathered.Values)
        {
            course.TryJoin(item);
        }

        (gathered, gatheredBytes) = ([], 0);
        Start(course);
    }

    private static void Start(BatchCourse course) => _ = Task.Run(course.GoAsync); // It tells those who wait whatever happens, and throws nothing.

    /// <summary>The last one to go waits a moment: others may be about to join a batch that an earlier engine sent.</summary>
    private async Task LeaveAsync(BatchItem item)
    {
        lock (gate)
        {
            if (gathered.Remove(item.Key))
            {
                return;
            }
        }

        if (item.Course is not { } course)
        {
            return;
        }

        course.Leave(item);
        if (!hasLetGo)
        {
            await Task.Delay(options.Quiet, time, CancellationToken.None);
            await course.CancelIfLeftAsync();
        }
    }
}
