using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Muster.Runs;

namespace Muster.Agents.Keeping;

/// <content>How attempts come to have a process.</content>
internal sealed partial class Keeper
{
    /// <summary>Has the attempt started; how it ended, when it cannot be.</summary>
    private AttemptEnd? Start(KeeperPeer peer, KeeperRequest request, SafeFileHandle record)
    {
        var name = request.Arguments[0];
        if (!Directory.Exists(request.WorkingDirectory))
        {
            return new(null, null, $"its directory {request.WorkingDirectory} is not there", FailureClass.Machine);
        }

        if (ProgramSearch.Find(name, request.WorkingDirectory, request.Environment) is not { } program)
        {
            return new(null, null, $"the program '{name}' is not there or may not be executed", FailureClass.Permanent);
        }

        var attempt = new KeptAttempt(request, --lastTag) { Record = record, Watcher = (peer, request.Id) };
        (live[request.Directory], tags[attempt.Tag]) = (attempt, attempt);
        spawner.Start(attempt, new(
            program, request.Arguments, request.Environment, request.WorkingDirectory,
            Path.Combine(request.Directory, "prompt.md"), Path.Combine(request.Directory, "stdout.log"),
            Path.Combine(request.Directory, "stderr.log"), []));
        return null;
    }

    /// <summary>Takes up what the spawner has started; whether some of it has ended already.</summary>
    private bool TakeStarted()
    {
        var any = false;
        while (spawner.TryTake(out var result))
        {
            if (result.Error == 0)
            {
                Begin(result.Attempt, result.Pid);
                any |= result.Attempt.Status is not null;
            }
            else
            {
                Refuse(result.Attempt, result.Error);
            }
        }

        if (!spawner.IsBusy)
        {
            unclaimed.Clear();
        }

        return any;
    }

    private void Begin(KeptAttempt attempt, int pid)
    {
        LinuxCalls.WriteSmall($"/proc/{pid}/oom_score_adj", "500"u8); // Memory runs out: an agent goes before its keeper.
        var process = ProcessTable.Read(pid);
        var origin = new AttemptOrigin(pid, process?.StartTime ?? 0, HostIdentity.BootId);
        attempt.Begin(origin, LinuxCalls.OpenPid(pid), Now + attempt.Order.Limit);
        mains[pid] = attempt;
        if (unclaimed.Remove(pid, out var status) && process is null)
        {
            Reaped(pid, status);
        }

        using (attempt.Record)
        {
            WriteOrigin(attempt, attempt.Record!);
        }

        attempt.Tell(new(0) { Started = origin });
        if (attempt.KillAt is not null)
        {
            Signal(Members(attempt), LinuxCalls.Terminate); // Its end was asked for before it had begun.
        }
    }

    private void Refuse(KeptAttempt attempt, int error)
    {
        live.Remove(attempt.Order.Directory);
        tags.Remove(attempt.Tag);
        attempt.Record!.Dispose();
        var end = Refusal(error, attempt.Order, attempt.Order.Arguments[0]);
        Record(attempt, end);
        attempt.Tell(new(0) { Ended = end });
    }

    private void WriteOrigin(KeptAttempt attempt, SafeFileHandle record)
    {
        try
        {
            RandomAccess.Write(record, JsonSerializer.SerializeToUtf8Bytes(attempt.Origin, KeeperJson.Default.AttemptOrigin), 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            End(attempt, $"its record cannot be written: {e.Message}");
        }
    }

    private static AttemptEnd Refusal(int error, KeeperRequest request, string name) => error switch
    {
        LinuxCalls.TryAgain or LinuxCalls.NoMemory or LinuxCalls.TooManyOpen or LinuxCalls.TooManyOpenAll =>
            new(null, null, $"this machine cannot start another process now (error {error})", FailureClass.Machine),
        LinuxCalls.NoEntry when !File.Exists(Path.Combine(request.Directory, "prompt.md")) =>
            new(null, null, "its prompt.md is not there", FailureClass.Machine),
        LinuxCalls.NoEntry => new(null, null, $"the program '{name}' or its interpreter is not there", FailureClass.Permanent),
        LinuxCalls.NotExecutable or LinuxCalls.AccessDenied =>
            new(null, null, $"the program '{name}' cannot be executed (error {error})", FailureClass.Permanent),
        _ => new(null, null, $"the program '{name}' cannot be started (error {error})", FailureClass.Permanent),
    };
}
