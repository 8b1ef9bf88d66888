using Muster.Loopback.Scripting;

namespace Muster.Loopback;

/// <summary>How a model server behaves where no prompt says otherwise.</summary>
public sealed record ModelServerOptions
{
    /// <summary>Port on 127.0.0.1; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Time from a request to the begin of its response.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>What single tasks do instead of being rehearsed well, and storms of errors. Empty: every task is done well.</summary>
    public ModelScript Script { get; init; } = ModelScript.Empty;

    /// <summary>Requests that are answered at the same time; one more gets 429. Null: no limit.</summary>
    public int? MaxInFlight { get; init; }

    /// <summary>Keeps every request with its body for assertions. Off for measurements of 100,000 calls.</summary>
    public bool RecordsRequests { get; init; } = true;

    /// <summary>Shortest prefix in tokens that the prompt cache keeps; the real one has 512 to 4,096, by model, and says nothing below it.</summary>
    public int CacheMinimumTokens { get; init; }

    /// <summary>Requests a minute that the rate-limit headers tell of. They inform; <see cref="MaxInFlight"/> and scripts refuse.</summary>
    public int RequestsPerMinute { get; init; } = 4_000;

    /// <summary>Time after which a message batch has ended. Zero: at the first look.</summary>
    public TimeSpan BatchDuration { get; init; }

    /// <summary>The only key that is taken; null takes any, but not none.</summary>
    public string? Key { get; init; }

    /// <summary>The clock of latencies, delays, storms and batches.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
