using System.Collections.Immutable;

namespace Muster.Loopback.Batches;

/// <summary>A batch that somebody made.</summary>
internal sealed class Batch(string id, int number, ImmutableArray<BatchRequest> requests, DateTimeOffset created, TimeSpan duration)
{
    private readonly Lock gate = new();
    private ImmutableArray<BatchResult> results;

    public string Id => id;

    /// <summary>Later batches have larger ones.</summary>
    public int Number => number;

    public ImmutableArray<BatchRequest> Requests => requests;

    public DateTimeOffset Created => created;

    public DateTimeOffset? Cancelled { get; private set; }

    /// <summary>Whether the next stream of its results is cut.</summary>
    public bool CutsResults { get; set; }

    public DateTimeOffset Ends => Cancelled ?? created + duration;

    public string Status(DateTimeOffset now) => now >= Ends ? "ended" : "in_progress";

    /// <summary>What had not ended is cancelled. The real one takes a while over it.</summary>
    public void Cancel(DateTimeOffset now)
    {
        if (Status(now) is not "ended")
        {
            Cancelled = now;
        }
    }

    /// <summary>Whether the stream that begins now is cut; only one is.</summary>
    public bool TakeCut()
    {
        lock (gate)
        {
            var cuts = CutsResults;
            CutsResults = false;
            return cuts;
        }
    }

    /// <summary>How every request ended, worked out once.</summary>
    public ImmutableArray<BatchResult> Results(Func<BatchRequest, BatchResult> outcome)
    {
        lock (gate)
        {
            return results.IsDefault
                ? results = [.. requests.Select(r => Cancelled is null ? outcome(r) : new(r.CustomId, "canceled", null, new()))]
                : results;
        }
    }
}
