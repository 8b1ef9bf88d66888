using System.Collections.Immutable;
using System.Text.Json;
using Muster.Agents.Chat;
using Muster.Runs;

namespace Muster.Agents.Batches;

/// <summary>One batch from its intent to its last result, and the attempts that wait for it.</summary>
/// <remarks>
/// That it is meant is on disk before it is sent. Once it may have arrived, nothing that goes wrong here fails an attempt: a failed attempt
/// would be done again, and paid for again. It is looked at until it has ended, or until only a person can say what became of it.
/// </remarks>
internal sealed class BatchCourse(BatchRecord? earlier, BatchApi api, BatchLog log, BatchOptions options, TimeProvider time, CancellationToken closing)
{
    private static readonly TimeSpan MostCancelling = TimeSpan.FromSeconds(15);

    private readonly Lock gate = new();
    private readonly Dictionary<BatchKey, BatchItem> waiting = [];
    private readonly TaskCompletionSource<string?> arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool isClosed;
    private bool isCancelled;

    /// <summary>Takes one more to wait for it; false when it is over.</summary>
    public bool TryJoin(BatchItem item)
    {
        lock (gate)
        {
            if (!isClosed)
            {
                waiting.Add(item.Key, item);
                item.Course = this;
            }

            return !isClosed;
        }
    }

    /// <summary>One does not wait any more.</summary>
    public void Leave(BatchItem item)
    {
        lock (gate)
        {
            waiting.Remove(item.Key);
        }
    }

    /// <summary>Has the provider end it where nobody waits for it any more. What cannot be cancelled in a little while is let be.</summary>
    public async Task CancelIfLeftAsync()
    {
        lock (gate)
        {
            if (waiting.Count > 0 || isCancelled)
            {
                return;
            }

            isCancelled = true;
        }

        try
        {
            using var limit = new CancellationTokenSource(MostCancelling, time);
#pragma warning disable VSTHRD003 // The course completes it; it runs nothing.
            if (await arrived.Task.WaitAsync(limit.Token) is { } id)
#pragma warning restore VSTHRD003
            {
                await api.CancelAsync(id, limit.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or IOException or JsonException or ProviderException or ObjectDisposedException)
        {
            // It ends by itself within 24 hours.
        }
    }

    /// <summary>The whole of it. Throws nothing: who waits is told.</summary>
    public async Task GoAsync()
    {
        try
        {
            var id = await ArriveAsync();
            arrived.TrySetResult(id);
            for (var tries = 0; id is not null && !IsLeft(); tries++)
            {
                await EndAsync(id);
                await ReadAsync(id, tries);
            }
        }
        catch (ProviderSetupException e) when (earlier is not null)
        {
            TellAll(item => item.Fail(new AttemptUndecidedException($"it is in a batch of the provider's: {e.Message.TrimEnd('.')}")));
        }
        catch (Exception e)
        {
            TellAll(item => item.Fail(e));
        }
        finally
        {
            arrived.TrySetResult(null);
        }
    }

    /// <summary>The provider's name for the batch; null when there is none and everybody knows why.</summary>
    private async Task<string?> ArriveAsync()
    {
        if (earlier is not null)
        {
            await WaitAsync(options.Quiet); // For the other attempts that an earlier engine began.
            if (earlier.Id is { } known || (known = await new BatchSearch(api, log, options, time).FindAsync(earlier, IsLeft, closing)) is not null)
            {
                return known;
            }
        }

        var items = await ComposedAsync();
        for (var tries = 1; ; tries++)
        {
            items = [.. items.Where(IsWaiting)];
            if (items.IsEmpty)
            {
                return null;
            }

            var (id, failure) = await SendAsync(items);
            if (failure is null || tries >= options.MostTries || failure.Class is not FailureClass.Transient)
            {
                items.ToList().ForEach(item => item.Sent());
                if (id is null)
                {
                    TellAll(item => item.End(new("refused") { Failure = failure }));
                }

                return id;
            }

            await WaitAsync(failure.RetryAfter ?? BatchPatience.Wait(options, tries + 2));
        }
    }

    private async Task<ImmutableArray<BatchItem>> ComposedAsync()
    {
        ImmutableArray<BatchItem> items;
        lock (gate)
        {
            isClosed = true; // Whoever comes now is in no batch, and goes into another one.
            items = [.. waiting.Values];
        }

        foreach (var item in items)
        {
            try
            {
                await item.ComposeAsync(closing);
            }
            catch (MusterException e)
            {
                Take(item.Key)?.Fail(e);
            }
        }

        return items;
    }

    private async Task<(string? Id, AgentFailure? Failure)> SendAsync(ImmutableArray<BatchItem> items)
    {
        var meant = log.Mean(api.Account, [.. items.Select(item => item.Key)]);
        try
        {
            var made = await api.MakeAsync([.. items.Select(item => (item.Key, item.Request!))], closing);
            log.Made(meant, made.Id);
            return (made.Id, null);
        }
        catch (Exception e) when (!closing.IsCancellationRequested && BatchPatience.IsOfTheLine(e))
        {
            var fault = ProviderException.In(e);
            if (ProviderFault.WasNeverSent(e) || (fault is not null && !BatchPatience.MayHaveArrived(fault)))
            {
                log.None(meant, fault?.Message ?? e.Message);
            }
            else if (await new BatchSearch(api, log, options, time).FindAsync(meant, IsLeft, closing) is { } id)
            {
                return (id, null);
            }

            return (null, fault is null ? ProviderFault.OfLine(e) : ProviderFault.Of(fault, time.GetUtcNow()));
        }
    }

    /// <summary>Looks until the batch has ended, whatever the line does meanwhile.</summary>
    private async Task EndAsync(string id)
    {
        for (var look = 1; !IsLeft(); look++)
        {
            TimeSpan? asked = null;
            try
            {
                if ((await api.LookAsync(id, closing)).HasEnded)
                {
                    return;
                }
            }
            catch (Exception e) when (!closing.IsCancellationRequested && BatchPatience.IsOfTheLine(e))
            {
                asked = BatchPatience.Passing(e, $"batch {id} cannot be looked at", time.GetUtcNow());
            }

            await WaitAsync(asked ?? BatchPatience.Wait(options, look));
        }
    }

    /// <summary>Reads the results as they arrive. When the stream breaks off, those who have theirs have them, and the others wait for the next time.</summary>
    private async Task ReadAsync(string id, int tries)
    {
        if (IsLeft())
        {
            return;
        }

        ImmutableArray<BatchKey> before;
        lock (gate)
        {
            before = [.. waiting.Keys];
        }

        try
        {
            await foreach (var (key, answer) in api.ResultsAsync(id, closing))
            {
                if (key is { } whose)
                {
                    Take(whose)?.End(answer);
                }
            }
        }
        catch (Exception e) when (!closing.IsCancellationRequested && BatchPatience.IsOfTheLine(e))
        {
            await WaitAsync(BatchPatience.Passing(e, $"the results of batch {id} cannot be read", time.GetUtcNow()) ?? BatchPatience.Wait(options, tries + 1));
            return;
        }

        foreach (var key in before)
        {
            Take(key)?.End(new("missing"));
        }
    }

    /// <summary>Whether nobody waits any more; then nobody can begin to.</summary>
    private bool IsLeft()
    {
        lock (gate)
        {
            isClosed |= waiting.Count == 0;
            return waiting.Count == 0;
        }
    }

    private bool IsWaiting(BatchItem item)
    {
        lock (gate)
        {
            return waiting.ContainsKey(item.Key);
        }
    }

    private BatchItem? Take(BatchKey key)
    {
        lock (gate)
        {
            return waiting.Remove(key, out var item) ? item : null;
        }
    }

    private void TellAll(Action<BatchItem> tell)
    {
        List<BatchItem> left;
        lock (gate)
        {
            isClosed = true;
            left = [.. waiting.Values];
            waiting.Clear();
        }

        left.ForEach(tell);
    }

    private Task WaitAsync(TimeSpan wait) => Task.Delay(wait, time, closing);
}
