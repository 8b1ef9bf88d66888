using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text.Json;
using Muster.Runs;

namespace Muster.Agents.Keeping;

/// <summary>The process that owns a run's agents: starts them, ends their whole trees, and outlives the engine until the last is done.</summary>
/// <remarks>
/// One thread does everything but wait for a new process to become its program (see <see cref="Spawner"/>), so a child's id cannot come to
/// mean another process between a look and a signal. The tree of an attempt
/// is: its main process, its session, their descendants, every process with its marker in the environment, and the orphans that the
/// system hands to this process as subreaper. An orphan is known by a limit that only its attempt has and every process inherits
/// (see <see cref="KeptAttempt.Tag"/>); one that gave even that up is ended with the last attempt that runs.
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed partial class Keeper : IDisposable
{
    private const int LookEvery = 200, LookOften = 10, IdleBeforeExit = 2_000, GiveUpAfter = 30_000, Stall = 2_000;
    private const ulong LargestFile = 1UL << 40;

    private readonly FileStream held;
    private readonly Socket listener;
    private readonly string runDirectory;
    private readonly int directoryFile;
    private readonly List<KeeperPeer> peers = [];
    private readonly Dictionary<string, KeptAttempt> live = [];
    private readonly Dictionary<int, KeptAttempt> mains = [];
    private readonly Dictionary<ulong, KeptAttempt> tags = [];
    private readonly Spawner spawner = new();
    private readonly Dictionary<int, int> unclaimed = [];
    private ulong lastTag = Math.Min(LinuxCalls.FileSizeCeiling(0), LargestFile);
    private long lastUse = Environment.TickCount64;
    private long nextLook;
    private long turn;

    private Keeper(string runDirectory, FileStream held)
    {
        (this.runDirectory, this.held) = (runDirectory, held);
        LinuxCalls.BecomeSubreaper();
        File.Delete(Path.Combine(runDirectory, "keeper.sock"));
        directoryFile = LinuxCalls.OpenDirectory(runDirectory);
        listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var mask = LinuxCalls.FileMask(0x3F); // Only around this: agents get their user's own mask.
        listener.Bind(KeeperAddress.Under(directoryFile));
        _ = LinuxCalls.FileMask(mask);
        listener.Listen(64);
        var self = ProcessTable.Read(Environment.ProcessId)!.Value;
        File.WriteAllBytes(
            Path.Combine(runDirectory, "keeper.pid"),
            JsonSerializer.SerializeToUtf8Bytes(new(self.Pid, self.StartTime, HostIdentity.BootId), KeeperJson.Default.AttemptOrigin));
    }

    private static long Now => Environment.TickCount64;

    /// <summary>Keeps the run until nothing runs and nobody is connected.</summary>
    /// <returns>0; also when another keeper already serves the run.</returns>
    public static int Run(string runDirectory)
    {
        FileStream held;
        try
        {
            held = new(Path.Combine(runDirectory, "keeper.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return 0; // Another keeper has it, or the run is gone: either way there is nothing to do here.
        }

        using var keeper = new Keeper(runDirectory, held);
        keeper.Loop();
        return 0;
    }

    public void Dispose()
    {
        if (Directory.Exists(runDirectory)) // Somebody may have removed the run.
        {
            File.Delete(Path.Combine(runDirectory, "keeper.sock"));
        }

        listener.Dispose();
        spawner.Dispose();
        _ = LinuxCalls.Close(directoryFile);
        foreach (var peer in peers)
        {
            peer.Dispose();
        }

        held.Dispose();
    }

    private void Loop()
    {
        turn = Now;
        while (live.Count > 0 || peers.Count > 0 || Now - lastUse < IdleBeforeExit)
        {
            WaitForSomething();
            var passed = Now - turn;
            turn += passed;
            if (passed > Stall) // A turn takes 500 ms at most: the machine slept, or had no processor to spare.
            {
                foreach (var attempt in live.Values)
                {
                    attempt.Delay(passed);
                }
            }

            Serve();
            if (TakeStarted() | Reap() | Now >= nextLook)
            {
                Look();
            }

            foreach (var peer in peers)
            {
                peer.Flush();
            }
        }
    }

    private void WaitForSomething()
    {
        var files = new List<LinuxCalls.PollEntry>(2 + peers.Count + mains.Count)
        {
            new() { File = (int)listener.Handle, Wanted = LinuxCalls.Readable },
            new() { File = spawner.WakeFile, Wanted = LinuxCalls.Readable },
        };
        foreach (var peer in peers)
        {
            files.Add(new() { File = peer.File, Wanted = (short)(LinuxCalls.Readable | (peer.HasUnsent ? LinuxCalls.Writable : 0)) });
        }

        var wait = live.Count > 0 ? (int)Math.Clamp(nextLook - Now, 0, LookEvery) : IdleBeforeExit / 4;
        foreach (var attempt in mains.Values)
        {
            files.Add(new() { File = attempt.PidFile, Wanted = LinuxCalls.Readable });
            wait = attempt.PidFile < 0 ? Math.Min(wait, LookOften) : wait; // A kernel before 5.3 tells us nothing: look ourselves.
        }

        var entries = files.ToArray();
        LinuxCalls.Wait(entries, wait);
        if ((entries[0].Seen & LinuxCalls.Readable) != 0)
        {
            peers.Add(new(listener.Accept()));
        }

        if ((entries[1].Seen & LinuxCalls.Readable) != 0)
        {
            LinuxCalls.ClearEvent(spawner.WakeFile);
        }
    }

    private void Serve()
    {
        foreach (var peer in peers)
        {
            foreach (var request in peer.Receive())
            {
                Take(peer, request);
            }
        }

        foreach (var gone in peers.Where(peer => peer.IsGone).ToList())
        {
            peers.Remove(gone);
            gone.Dispose();
            lastUse = Now;
            foreach (var attempt in live.Values.Where(attempt => attempt.Watcher?.Peer == gone))
            {
                attempt.Watcher = null;
            }
        }
    }

    private void Take(KeeperPeer peer, KeeperRequest request)
    {
        if (request.Id == 0)
        {
            peer.Send(new(0));
        }
        else if (request.IsKill)
        {
            if (live.Values.FirstOrDefault(attempt => attempt.Watcher == (peer, request.Id)) is { } attempt)
            {
                End(attempt, "it was cancelled", isCancelled: true);
            }
        }
        else if (live.TryGetValue(request.Directory, out var running))
        {
            running.Watcher = (peer, request.Id);
            if (running.Origin != AttemptOrigin.None)
            {
                running.Tell(new(0) { Started = running.Origin });
            }
        }
        else if (AttemptEnd.Read(request.Directory) is { } end)
        {
            peer.Send(new(request.Id) { Ended = end });
        }
        else
        {
            TakeNew(peer, request);
        }
    }

    private void TakeNew(KeeperPeer peer, KeeperRequest request)
    {
        var claim = Path.Combine(request.Directory, "attempt.json");
        try
        {
            if (File.Exists(claim))
            {
                Inherit(peer, request);
                return;
            }

            var record = File.OpenHandle(claim, FileMode.CreateNew, FileAccess.Write);
            if (Start(peer, request, record) is { } refused)
            {
                record.Dispose();
                refused.Write(request.Directory);
                peer.Send(new(request.Id) { Ended = refused });
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            peer.Send(new(request.Id) { Ended = new(null, null, e.Message, FailureClass.Machine) });
        }
    }

    /// <summary>An attempt of a keeper that is gone: whatever is left of it is ended before it counts as lost.</summary>
    private void Inherit(KeeperPeer peer, KeeperRequest request)
    {
        var known = AttemptEnd.ReadFile(Path.Combine(request.Directory, "attempt.json"), KeeperJson.Default.AttemptOrigin);
        var orphan = new KeptAttempt(request, 0)
        {
            IsOrphan = true,
            Status = 0,
            Watcher = (peer, request.Id),
        };
        orphan.Begin(known?.BootId == HostIdentity.BootId ? known : AttemptOrigin.None, -1, long.MaxValue);
        live[request.Directory] = orphan;
        End(orphan, "its keeper went away");
    }

    private bool Reap()
    {
        var any = false;
        for (int pid; (pid = LinuxCalls.ReapAny(out var status)) > 0;)
        {
            if (mains.ContainsKey(pid))
            {
                Reaped(pid, status);
                any = true;
            }
            else if (spawner.IsBusy)
            {
                unclaimed[pid] = status; // It may have ended before we were told that it was started.
            }
        }

        return any;
    }

    private void Reaped(int pid, int status)
    {
        mains.Remove(pid, out var attempt);
        attempt!.Status = status;
        _ = attempt.PidFile >= 0 ? LinuxCalls.Close(attempt.PidFile) : 0;
    }

    private void Look()
    {
        var isFull = Now >= nextLook;
        foreach (var attempt in live.Values.ToList())
        {
            if (isFull && attempt is { KillAt: null, Status: null })
            {
                LookAt(attempt);
            }

            if (attempt.Status is not null || attempt.KillAt is not null && isFull)
            {
                Settle(attempt);
            }
        }

        if (isFull)
        {
            nextLook = Now + (live.Values.Any(attempt => attempt.KillAt is not null) ? LookOften : LookEvery);
        }
    }

    private void LookAt(KeptAttempt attempt)
    {
        var (grew, tooBig) = attempt.Look();
        if (tooBig is not null)
        {
            attempt.End($"its {tooBig} grew past {attempt.Order.MaxStreamBytes:N0} bytes", Now);
            Signal(Members(attempt), LinuxCalls.Kill);
        }
        else if (turn >= attempt.Deadline) // Not now: what passed since this turn began may yet turn out to be sleep.
        {
            End(attempt, $"it ran past its time limit of {TimeSpan.FromMilliseconds(attempt.Order.Limit).TotalSeconds:0.#} s");
        }
        else if (grew)
        {
            attempt.Tell(new(0));
        }
    }

    private void End(KeptAttempt attempt, string reason, bool isCancelled = false)
    {
        if (attempt.KillAt is null)
        {
            attempt.End(reason, Now + attempt.Order.Grace, isCancelled);
            Signal(Members(attempt), LinuxCalls.Terminate);
            nextLook = Math.Min(nextLook, Now + LookOften);
        }
    }

    /// <summary>Finishes an attempt of which nothing is left, and ends what is.</summary>
    private void Settle(KeptAttempt attempt)
    {
        if (attempt.KillAt is null && !Strays(attempt).Any())
        {
            Finish(attempt);
            return;
        }

        var members = Members(attempt);
        if (members.Count == 0 && attempt.Status is not null)
        {
            Finish(attempt);
            return;
        }

        if (attempt.KillAt is null)
        {
            attempt.End(null, Now); // It ended by itself; what it left behind gets no grace.
            nextLook = Math.Min(nextLook, Now + LookOften);
        }

        if (Now >= attempt.KillAt + GiveUpAfter)
        {
            attempt.End("some of its processes cannot be ended", Now);
            Finish(attempt);
        }
        else if (Now >= attempt.KillAt)
        {
            Signal(members, LinuxCalls.Kill);
        }
    }

    private void Finish(KeptAttempt attempt)
    {
        live.Remove(attempt.Order.Directory);
        mains.Remove(attempt.Origin.Pid);
        tags.Remove(attempt.Tag);
        lastUse = Now;
        if (attempt.IsOrphan)
        {
            attempt.Tell(new(0) { Lost = attempt.Reason });
            return;
        }

        var end = attempt.ToEnd();
        Record(attempt, end);
        attempt.Tell(new(0) { Ended = end });
    }

    private static void Record(KeptAttempt attempt, AttemptEnd end)
    {
        try
        {
            if (attempt.Reason is not null)
            {
                attempt.CutLogs();
            }

            end.Write(attempt.Order.Directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"{attempt.Order.Marker}: its end was not recorded: {e.Message}"); // The engine is told all the same.
        }
    }
}
