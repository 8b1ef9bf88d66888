namespace Muster.Agents.Chat;

/// <summary>What one credential may send now: shared by all attempts that use it.</summary>
/// <remarks>
/// Three things hold requests back. A time that the provider named (retry-after, a budget that is used up). A ceiling of requests under way, by
/// additive increase and multiplicative decrease (Chiu and Jain, 1989). And a breaker: after several 529 in a row nothing is sent for a
/// while, then a single request tries whether the provider is there again. The run's capacity, which moves likewise, counts attempts; this
/// counts requests, which are tried again inside an attempt and so are never seen by the run. Thread-safe.
/// </remarks>
internal sealed class ProviderLimits(TimeProvider time)
{
    private const int OverloadsToOpen = 3;
    private static readonly TimeSpan FirstRest = TimeSpan.FromSeconds(2), LongestRest = TimeSpan.FromSeconds(60);

    private readonly Lock gate = new();
    private readonly LinkedList<TaskCompletionSource<Permit>> waiting = new();
    private double ceiling = double.PositiveInfinity;
    private int underWay;
    private int overloads;
    private bool isProbing;
    private long closedUntil = long.MinValue;
    private long loweredAt = long.MinValue;
    private ITimer? opening;

    /// <summary>A request that was let through, until it is answered.</summary>
    /// <param name="StartedAt">When; a request of before the last decrease says nothing about it.</param>
    /// <param name="IsProbe">Whether it tries for all.</param>
    public readonly record struct Permit(long StartedAt, bool IsProbe);

    /// <summary>Requests under way at most; infinite before the first refusal.</summary>
    public double Ceiling
    {
        get
        {
            lock (gate)
            {
                return ceiling;
            }
        }
    }

    /// <summary>How long nothing will be sent; zero when something may be.</summary>
    public TimeSpan ClosedFor
    {
        get
        {
            lock (gate)
            {
                var left = Left(time.GetTimestamp());
                return left > TimeSpan.Zero ? left : TimeSpan.Zero;
            }
        }
    }

    /// <summary>Waits until a request may be sent, in the order of asking. Every permit is handed back by <see cref="Leave"/>.</summary>
    public async Task<Permit> EnterAsync(CancellationToken cancellationToken)
    {
        LinkedListNode<TaskCompletionSource<Permit>> place;
        lock (gate)
        {
            var now = time.GetTimestamp();
            if (waiting.Count == 0 && TryLet(now) is { } permit)
            {
                return permit;
            }

            place = waiting.AddLast(new TaskCompletionSource<Permit>(TaskCreationOptions.RunContinuationsAsynchronously));
            LetAll(); // The time that all wait for may be over, and its timer yet to fire: arming anew would take it away.
        }

        await using var leave = cancellationToken.Register(() =>
        {
            lock (gate)
            {
                if (place.List is not null)
                {
                    waiting.Remove(place);
                    place.Value.TrySetCanceled(cancellationToken);
                }
            }
        });
#pragma warning disable VSTHRD003 // Whoever leaves completes it; it runs nothing.
        return await place.Value.Task;
#pragma warning restore VSTHRD003
    }

    /// <summary>A request was answered, or came to nothing.</summary>
    /// <param name="permit">What it was let through with.</param>
    /// <param name="answer">How.</param>
    /// <param name="retryAfter">How long the provider asks to wait; null when it said nothing.</param>
    public void Leave(Permit permit, ProviderAnswer answer, TimeSpan? retryAfter)
    {
        lock (gate)
        {
            underWay--;
            isProbing &= !permit.IsProbe;
            switch (answer)
            {
                case ProviderAnswer.Good:
                    overloads = 0;
                    ceiling += 1 / ceiling; // One more for each round of requests.
                    break;
                case ProviderAnswer.Overloaded when ++overloads >= OverloadsToOpen || permit.IsProbe:
                    overloads = Math.Max(overloads, OverloadsToOpen);
                    var rest = FirstRest * Math.Pow(2, Math.Min(overloads - OverloadsToOpen, 10));
                    CloseFor(rest < LongestRest ? rest : LongestRest);
                    break;
            }

            if (answer is ProviderAnswer.Throttled or ProviderAnswer.Overloaded && permit.StartedAt > loweredAt && !permit.IsProbe)
            {
                ceiling = Math.Max(1, Math.Min(ceiling, underWay + 1) / 2);
                loweredAt = time.GetTimestamp();
            }

            if (retryAfter is { } wait && answer is ProviderAnswer.Throttled or ProviderAnswer.Overloaded)
            {
                CloseFor(wait);
            }

            LetAll();
        }
    }

    /// <summary>Nothing is sent for a while.</summary>
    public void Close(TimeSpan wait)
    {
        lock (gate)
        {
            CloseFor(wait);
        }
    }

    private TimeSpan Left(long now) => closedUntil == long.MinValue ? TimeSpan.Zero : time.GetElapsedTime(now, closedUntil);

    private void CloseFor(TimeSpan wait)
    {
        var until = time.GetTimestamp() + (long)(wait.TotalSeconds * time.TimestampFrequency);
        closedUntil = Math.Max(closedUntil, until);
    }

    private Permit? TryLet(long now)
    {
        var isOpen = overloads >= OverloadsToOpen;
        if (Left(now) > TimeSpan.Zero || underWay >= Math.Max(1, Math.Floor(ceiling)) || (isOpen && isProbing))
        {
            return null;
        }

        underWay++;
        isProbing |= isOpen;
        return new(now, isOpen);
    }

    private void LetAll()
    {
        var now = time.GetTimestamp();
        while (waiting.First is { } first && TryLet(now) is { } permit)
        {
            waiting.Remove(first);
            first.Value.TrySetResult(permit);
        }

        Arm(now);
    }

    /// <summary>Whoever waits for a time is woken by a timer, whoever waits for another by its answer.</summary>
    /// <param name="now">When it was found that they must wait: a later look could find that they need not, and wake nobody.</param>
    private void Arm(long now)
    {
        opening?.Dispose();
        opening = null;
        if (waiting.Count > 0 && Left(now) is var left && left > TimeSpan.Zero)
        {
            opening = time.CreateTimer(_ => Open(), null, left, Timeout.InfiniteTimeSpan);
        }
    }

    private void Open()
    {
        lock (gate)
        {
            LetAll();
        }
    }
}
