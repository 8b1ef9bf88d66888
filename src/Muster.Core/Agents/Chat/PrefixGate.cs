namespace Muster.Agents.Chat;

/// <summary>Staggers the requests that begin alike: the first goes alone until its response has begun, then the others read what it put into the provider's cache.</summary>
/// <remarks>Sent together, each would pay for writing the same prefix. A first one that fails lets the next go first. Thread-safe.</remarks>
internal sealed class PrefixGate(TimeProvider time)
{
    /// <summary>Providers forget a prefix that was not used for so long.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);

    /// <summary>Longest time for which others wait for the first; then each goes by itself.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Group> groups = new(StringComparer.Ordinal);

    /// <summary>Waits for the group's first request, or becomes it.</summary>
    /// <param name="prefix">What the request begins with, or its hash.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>To be told when the response has begun, or the request came to nothing.</returns>
    public async Task<Place> EnterAsync(string prefix, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task first;
            lock (gate)
            {
                if (!groups.TryGetValue(prefix, out var group))
                {
                    groups.Add(prefix, group = new());
                }

                if (group.WarmAt is { } at && time.GetElapsedTime(at) < Kept)
                {
                    group.WarmAt = time.GetTimestamp();
                    return new(this, null);
                }

                if (group.First is null)
                {
                    group.WarmAt = null;
                    group.First = new(TaskCreationOptions.RunContinuationsAsynchronously);
                    return new(this, group);
                }

                first = group.First.Task;
            }

            try
            {
                await first.WaitAsync(Patience, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                return new(this, null);
            }
        }
    }

    private void End(Group group, bool hasBegun)
    {
        TaskCompletionSource? first;
        lock (gate)
        {
            (first, group.First) = (group.First, null);
            group.WarmAt = hasBegun ? time.GetTimestamp() : group.WarmAt;
        }

        first?.TrySetResult();
    }

    /// <summary>A request's place in its group.</summary>
    internal sealed class Place(PrefixGate gate, Group? leads) : IDisposable
    {
        private Group? leads = leads;

        /// <summary>Its response has begun: the others may go.</summary>
        public void Begun() => End(hasBegun: true);

        /// <inheritdoc/>
        public void Dispose() => End(hasBegun: false);

        private void End(bool hasBegun)
        {
            if (Interlocked.Exchange(ref leads, null) is { } group)
            {
                gate.End(group, hasBegun);
            }
        }
    }

    /// <summary>The requests with one prefix.</summary>
    internal sealed class Group
    {
        public TaskCompletionSource? First { get; set; }

        public long? WarmAt { get; set; }
    }
}
