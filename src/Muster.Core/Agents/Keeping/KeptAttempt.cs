using System.Text;
using Microsoft.Win32.SafeHandles;
using Muster.Runs;

namespace Muster.Agents.Keeping;

/// <summary>An attempt in the keeper's hands. Owned by the keeper's one thread.</summary>
internal sealed class KeptAttempt(KeeperRequest order, ulong tag)
{
    private long seen;

    public KeeperRequest Order { get; } = order;

    /// <summary>Its main process; none while it is being started.</summary>
    public AttemptOrigin Origin { get; private set; } = AttemptOrigin.None;

    /// <summary>Its attempt.json, open until its origin stands there.</summary>
    public SafeFileHandle? Record { get; init; }

    /// <summary>Hard limit on file sizes that only this attempt's processes have: they inherit it whatever else they shed.</summary>
    public ulong Tag { get; } = tag;

    public int PidFile { get; private set; } = -1;

    public long Deadline { get; private set; } = long.MaxValue;

    public byte[] MarkerLine { get; } = Encoding.UTF8.GetBytes($"MUSTER_ATTEMPT={order.Marker}\0");

    /// <summary>Who is told, and under which number.</summary>
    public (KeeperPeer Peer, long Id)? Watcher { get; set; }

    /// <summary>Set when the main process has been reaped, or is not a child of this keeper.</summary>
    public int? Status { get; set; }

    /// <summary>Whether an earlier keeper started it.</summary>
    public bool IsOrphan { get; init; }

    public string? Reason { get; private set; }

    /// <summary>Whether an engine asked for its end.</summary>
    public bool WasCancelled { get; private set; }

    /// <summary>When what is left of it is killed; null while it may go on.</summary>
    public long? KillAt { get; private set; }

    /// <summary>It has a process from now on.</summary>
    public void Begin(AttemptOrigin origin, int pidFile, long deadline) => (Origin, PidFile, Deadline) = (origin, pidFile, deadline);

    /// <summary>Has it end: at once when <paramref name="killAt"/> is past.</summary>
    /// <param name="reason">Why; null when it ended by itself. The first reason stands.</param>
    /// <param name="killAt">Ticks of the keeper's clock.</param>
    /// <param name="isCancelled">Whether an engine asks for it.</param>
    public void End(string? reason, long killAt, bool isCancelled = false)
    {
        WasCancelled |= isCancelled && Reason is null;
        (Reason, KillAt) = (Reason ?? reason, Math.Min(KillAt ?? long.MaxValue, killAt));
    }

    /// <summary>Time passed in which nobody could work.</summary>
    public void Delay(long milliseconds) => Deadline += Deadline == long.MaxValue ? 0 : milliseconds;

    public void Tell(KeeperEvent e) => Watcher?.Peer.Send(e with { Id = Watcher.Value.Id });

    /// <summary>Looks at what it writes.</summary>
    /// <returns>Whether something grew, and which file is too big.</returns>
    public (bool Grew, string? TooBig) Look()
    {
        var (sum, tooBig) = (0L, default(string));
        foreach (var name in (ReadOnlySpan<string>)["stdout.log", "stderr.log", "output.md"])
        {
            var file = new FileInfo(Path.Combine(Order.Directory, name));
            var length = file.Exists ? file.Length : 0;
            sum += length;
            tooBig = length > Order.MaxStreamBytes ? name : tooBig;
        }

        var grew = sum > seen;
        seen = sum;
        return (grew, tooBig);
    }

    /// <summary>How it ended, for the record.</summary>
    public AttemptEnd ToEnd()
    {
        var status = Status ?? 0;
        var signal = status & 0x7F;
        var reason = Reason ?? (signal == 25 ? $"it wrote a file of more than {Order.MaxFileBytes:N0} bytes" : null);
        return new(signal == 0 ? status >> 8 & 0xFF : null, signal == 0 ? null : signal, reason, FailureClass.Agent, WasCancelled);
    }

    /// <summary>Cuts logs that ran away, now that nobody writes them any more.</summary>
    public void CutLogs()
    {
        foreach (var name in (ReadOnlySpan<string>)["stdout.log", "stderr.log"])
        {
            using var file = File.Open(Path.Combine(Order.Directory, name), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
            if (file.Length > Order.MaxStreamBytes)
            {
                file.SetLength(Order.MaxStreamBytes);
            }
        }
    }
}
