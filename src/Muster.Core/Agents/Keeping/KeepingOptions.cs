namespace Muster.Agents.Keeping;

/// <summary>Limits on what the program of an attempt may do.</summary>
public sealed record KeepingOptions
{
    /// <summary>Most bytes in any one file that it writes (RLIMIT_FSIZE).</summary>
    public long MaxFileBytes { get; init; } = 1L << 30;

    /// <summary>Most bytes of its stdout, its stderr and its output.md, each; an attempt that passes it is ended.</summary>
    public long MaxStreamBytes { get; init; } = 64L << 20;

    /// <summary>Time between SIGTERM and SIGKILL when an attempt has to be ended.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a keeper may take, beyond the grace, to tell that it ended an attempt: 45 s, longer than it tries to. Then the attempt is lost.
    /// </summary>
    public TimeSpan Answer { get; init; } = TimeSpan.FromSeconds(45);
}
