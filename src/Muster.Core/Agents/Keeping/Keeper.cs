using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace Muster.Agents.Keeping;

/// <summary>
/// The process that owns a run's agents: starts them, records their ends, enforces their deadlines, and ends whole process trees. It
/// outlives a killed engine until its last agent ends, and the next engine finds it by its socket.
/// </summary>
/// <remarks>
/// It is the subreaper of all it starts, so an orphan, however often it forked and whatever session it made, becomes its child. What of
/// a tree is left when the main process has ended is found among its descendants: by the marker in the environment, by the session, or,
/// for one that hid both, as the orphan that appeared while only that attempt could have made it.
/// </remarks>
public sealed class Keeper : IDisposable
{
    private const ulong MaxFileBytes = 1UL << 30;
    private const int EndCode = 128;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private readonly Dictionary<int, KeptAttempt> byPid = [];
    private readonly Dictionary<string, KeptAttempt> byDirectory = new(StringComparer.Ordinal);
    private readonly Dictionary<(int Pid, long StartTime), HashSet<string>> strays = [];
    private readonly List<ChannelWriter<KeeperEvent>> engines = [];
    private readonly SemaphoreSlim hasChildren = new(0);
    private readonly CancellationTokenSource stop = new();
    private readonly string runDirectory;
    private long idleSince = Stopwatch.GetTimestamp();

    private Keeper(string runDirectory) => this.runDirectory = runDirectory;

    /// <summary>Keeps a run until it has no engine and no agent any more.</summary>
    /// <returns>The process' exit code.</returns>
    public static async Task<int> RunAsync(string runDirectory)
    {
        FileStream held;
        try
        {
            held = new(Path.Combine(runDirectory, "keeper.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return 0; // Another keeper serves this run already.
        }

        using (held)
        {
            Posix.BecomeSubreaper();
            Posix.LimitFileSize(MaxFileBytes);
            using var keeper = new Keeper(runDirectory);
            await keeper.ServeAsync();
            return 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        hasChildren.Dispose();
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        using var socket = KeeperSocket.Listen(runDirectory);
        var reaper = new Thread(Reap) { IsBackground = true, Name = "reaper" };
        reaper.Start();
        var ticking = TickAsync();
        try
        {
            while (true)
            {
                var engine = await socket.AcceptAsync(stop.Token);
#pragma warning disable CA2025 // The call owns the socket and disposes it itself.
                _ = ServeEngineAsync(engine);
#pragma warning restore CA2025
            }
        }
        catch (OperationCanceledException)
        {
            await ticking;
            File.Delete(KeeperSocket.PathIn(runDirectory));
        }
    }

    private async Task ServeEngineAsync(Socket socket)
    {
        var events = Channel.CreateUnbounded<KeeperEvent>(new() { SingleReader = true });
        lock (gate)
        {
            engines.Add(events.Writer);
        }

        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
#pragma warning disable CA2025 // When the stream goes first, the writing ends as it does when the engine is gone.
            var writing = WriteAsync(stream, events.Reader);
#pragma warning restore CA2025
            using var reader = new StreamReader(stream, Encoding.UTF8);
            while (await reader.ReadLineAsync() is { } line)
            {
                Take(JsonSerializer.Deserialize(line, KeeperShape.Default.KeeperRequest)!, events.Writer);
            }

            events.Writer.TryComplete();
            await writing;
        }
        catch (Exception e) when (e is IOException or JsonException or SocketException or ObjectDisposedException)
        {
            // The engine is gone or was cut off; its agents go on.
        }
        finally
        {
            events.Writer.TryComplete();
            lock (gate)
            {
                engines.Remove(events.Writer);
                idleSince = Stopwatch.GetTimestamp();
            }
        }
    }

    private static async Task WriteAsync(NetworkStream stream, ChannelReader<KeeperEvent> events)
    {
        var batch = new MemoryStream();
        try
        {
            while (await events.WaitToReadAsync())
            {
                batch.SetLength(0);
                while (events.TryRead(out var e))
                {
                    await JsonSerializer.SerializeAsync(batch, e, KeeperShape.Default.KeeperEvent);
                    batch.WriteByte((byte)'\n');
                }

                await stream.WriteAsync(batch.GetBuffer().AsMemory(0, (int)batch.Length));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The engine is gone.
        }
    }

    private void Take(KeeperRequest request, ChannelWriter<KeeperEvent> engine)
    {
        lock (gate)
        {
            if (byDirectory.TryGetValue(request.Directory, out var attempt))
            {
                if (request.Op == "kill")
                {
                    Finish(attempt, "it was stopped");
                }
                else
                {
                    engine.TryWrite(Started(attempt));
                }
            }
            else if (ExitRecord.Read(request.Directory) is { } exit)
            {
                engine.TryWrite(Exited(request.Directory, exit));
            }
            else if (request.Op == "start")
            {
                Start(request, engine);
            }
            else
            {
                engine.TryWrite(new("unknown", request.Directory));
            }
        }
    }

    private void Start(KeeperRequest request, ChannelWriter<KeeperEvent> engine)
    {
        FileStream claim;
        try
        {
            claim = new(Path.Combine(request.Directory, "attempt.json"), FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        }
        catch (IOException)
        {
            engine.TryWrite(new("unknown", request.Directory)); // Claimed by a keeper that is gone.
            return;
        }

        using (claim)
        {
            var error = Posix.Spawn(
                request.Arguments, request.Environment, request.WorkingDirectory, Path.Combine(request.Directory, "prompt.md"),
                Path.Combine(request.Directory, "stdout.log"), Path.Combine(request.Directory, "stderr.log"), out var pid);
            if (error != 0)
            {
                claim.Dispose();
                File.Delete(Path.Combine(request.Directory, "attempt.json"));
                engine.TryWrite(new("refused", request.Directory) { Error = error });
                return;
            }

            var startTime = ProcessTable.Read(pid)?.StartTime ?? 0; // Ours until we wait for it, so it is there.
            var attempt = new KeptAttempt(request, pid, startTime, Stopwatch.GetTimestamp() + (long)(request.TimeLimit / 1_000.0 * Stopwatch.Frequency));
            byPid.Add(pid, attempt);
            byDirectory.Add(request.Directory, attempt);
            hasChildren.Release();
            JsonSerializer.Serialize(claim, new(pid, startTime, HostIdentity.BootId), KeeperShape.Default.AttemptRecord);
            engine.TryWrite(Started(attempt));
        }

        PreferToKill(byDirectory[request.Directory].Pid);
    }

    /// <summary>When memory runs out, an agent goes before its keeper.</summary>
    private static void PreferToKill(int pid)
    {
        try
        {
            File.WriteAllText($"/proc/{pid}/oom_score_adj", "300");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended already, or this system does not let us.
        }
    }

    private void Reap()
    {
        while (!stop.IsCancellationRequested)
        {
            var pid = Posix.WaitAny(out var status);
            if (pid == -Posix.NoChild)
            {
                try
                {
                    hasChildren.Wait(stop.Token);
                }
                catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
                {
                    return;
                }
            }
            else if (pid > 0)
            {
                lock (gate)
                {
                    if (byPid.TryGetValue(pid, out var attempt))
                    {
                        attempt.Status = status;
                        MainEnded(attempt);
                    }
                }
            }
        }
    }

    /// <summary>Its main process has ended: what is left of its tree ends too, and only then is its end recorded.</summary>
    private void MainEnded(KeptAttempt attempt)
    {
        if (IsAlone(attempt))
        {
            Record(attempt);
        }
        else
        {
            _ = Task.Run(() => EndTreeAsync(attempt));
        }
    }

    /// <summary>Whether nothing of its tree can be left: this process has no child but the other attempts' main processes.</summary>
    private bool IsAlone(KeptAttempt attempt) => ProcessTable.OwnChildren() is { } children
        && children.All(pid => pid == attempt.Pid || (byPid.TryGetValue(pid, out var other) && other.Status is null));

    private void Finish(KeptAttempt attempt, string reason)
    {
        if (attempt.Reason is null)
        {
            attempt.Reason = reason;
            _ = Task.Run(() => EndTreeAsync(attempt));
        }
    }

    private async Task EndTreeAsync(KeptAttempt attempt)
    {
        var began = Stopwatch.GetTimestamp();
        var signal = attempt.Status is null ? Posix.SigTerm : Posix.SigKill; // A tree whose main process ended by itself had its time.
        var told = new HashSet<(int, long)>();
        while (true)
        {
            lock (gate)
            {
                var left = TreeOf(attempt);
                if (left.Count == 0 && attempt.Status is not null)
                {
                    Record(attempt);
                    return;
                }

                signal = Stopwatch.GetElapsedTime(began) > Grace ? Posix.SigKill : signal;
                foreach (var process in left)
                {
                    if ((signal == Posix.SigKill || told.Add((process.Pid, process.StartTime)))
                        && ProcessTable.Read(process.Pid)?.StartTime == process.StartTime)
                    {
                        _ = Posix.Kill(process.Pid, signal);
                    }
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }

    private List<ProcessTable.Entry> TreeOf(KeptAttempt attempt)
    {
        var all = ProcessTable.Descendants(Environment.ProcessId);
        var parents = all.ToDictionary(p => p.Pid);
        var mine = new List<ProcessTable.Entry>();
        foreach (var process in all)
        {
            var top = process;
            while (parents.TryGetValue(top.Parent, out var parent))
            {
                top = parent;
            }

            if (byPid.TryGetValue(top.Pid, out var owner))
            {
                if (owner == attempt)
                {
                    mine.Add(process);
                }
            }
            else if (IsStrayOf(attempt, process) || IsStrayOf(attempt, top))
            {
                mine.Add(process);
            }
        }

        return mine;
    }

    /// <summary>Whether an orphan belongs to an attempt: by its marker or session, else when it is the last that could have made it.</summary>
    private bool IsStrayOf(KeptAttempt attempt, ProcessTable.Entry orphan)
    {
        if (orphan.Session == attempt.Pid || ProcessTable.HasVariable(orphan.Pid, attempt.Request.Marker))
        {
            return true;
        }

        if (byDirectory.Values.Any(other => other != attempt
            && (orphan.Session == other.Pid || ProcessTable.HasVariable(orphan.Pid, other.Request.Marker))))
        {
            return false;
        }

        if (!strays.TryGetValue((orphan.Pid, orphan.StartTime), out var makers))
        {
            makers = [.. byDirectory.Keys];
            strays.Add((orphan.Pid, orphan.StartTime), makers);
        }

        makers.RemoveWhere(directory => !byDirectory.ContainsKey(directory));
        return makers.Count == 0 || (makers.Count == 1 && makers.Contains(attempt.Request.Directory));
    }

    private void Record(KeptAttempt attempt)
    {
        var (code, signal) = Posix.Ended(attempt.Status ?? EndCode);
        var exit = new ExitRecord(code, signal, attempt.Reason);
        try
        {
            exit.Write(attempt.Request.Directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The disk is full or the directory gone: the engine is told all the same, and the output decides.
        }

        byPid.Remove(attempt.Pid);
        byDirectory.Remove(attempt.Request.Directory);
        idleSince = Stopwatch.GetTimestamp();
        Tell(Exited(attempt.Request.Directory, exit));
    }

    private void Tell(KeeperEvent e) => engines.ForEach(engine => engine.TryWrite(e));

    private static KeeperEvent Started(KeptAttempt attempt) =>
        new("started", attempt.Request.Directory) { Pid = attempt.Pid, StartTime = attempt.StartTime };

    private static KeeperEvent Exited(string directory, ExitRecord exit) =>
        new("exited", directory) { Code = exit.Code, Signal = exit.Signal, Reason = exit.Reason };

    private async Task TickAsync()
    {
        using var timer = new PeriodicTimer(Tick);
        while (await timer.WaitForNextTickAsync())
        {
            lock (gate)
            {
                foreach (var attempt in byDirectory.Values)
                {
                    LookAt(attempt);
                }

                if (engines.Count > 0 || byDirectory.Count > 0 || Stopwatch.GetElapsedTime(idleSince) < Idle)
                {
                    continue;
                }
            }

            await stop.CancelAsync();
            return;
        }
    }

    private void LookAt(KeptAttempt attempt)
    {
        var bytes = 0L;
        foreach (var name in (ReadOnlySpan<string>)["stdout.log", "stderr.log", "output.md"])
        {
            var file = new FileInfo(Path.Combine(attempt.Request.Directory, name));
            bytes += file.Exists ? file.Length : 0;
        }

        if (bytes > attempt.Bytes)
        {
            attempt.Bytes = bytes;
            Tell(new("progress", attempt.Request.Directory));
        }

        if (Stopwatch.GetTimestamp() > attempt.Deadline)
        {
            Finish(attempt, string.Create(CultureInfo.InvariantCulture, $"it ran past its ceiling of {attempt.Request.TimeLimit / 1_000.0:0.#} s"));
        }
    }
}
