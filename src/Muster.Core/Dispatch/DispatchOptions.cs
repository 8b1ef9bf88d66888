namespace Muster.Dispatch;

/// <summary>How attempts are carried out.</summary>
public sealed record DispatchOptions
{
    /// <summary>Longest time without progress; 5 minutes, as the specification has it.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Hard ceiling of an attempt whose task names none; 30 minutes.</summary>
    public TimeSpan Ceiling { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>The same in a provider's batch, which ends within 24 hours; 25 hours.</summary>
    public TimeSpan BatchCeiling { get; init; } = TimeSpan.FromHours(25);

    /// <summary>Largest file of an agent that is read; a larger one is refused. 4 MiB.</summary>
    public long MaxOutputBytes { get; init; } = 4 << 20;

    /// <summary>Bytes of memory set aside for each process that is about to start; 128 MiB. 0: starts never wait for memory.</summary>
    public long MemoryPerProcess { get; init; } = 128 << 20;

    /// <summary>Bytes of memory that stay free for everybody else, below which no further process is started; 128 MiB.</summary>
    public long MemoryFloor { get; init; } = 128 << 20;
}
