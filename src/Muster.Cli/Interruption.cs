using System.Runtime.InteropServices;
using Muster.Dispatch;
using Muster.Runs;

namespace Muster.Cli;

/// <summary>Signals: the first Ctrl-C drains, the second ends the agents, a third ends the process. A closed terminal detaches.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly List<PosixSignalRegistration> registrations = [];
    private readonly RunLoop loop;
    private readonly Action<string> notice;
    private int count;

    public Interruption(RunLoop loop, Action<string> notice)
    {
        (this.loop, this.notice) = (loop, notice);
        registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, Take));
        registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, Take));
        if (!OperatingSystem.IsWindows())
        {
            registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true));
        }
    }

    /// <summary>Whether somebody asked the run to stop.</summary>
    public bool WasAsked => Volatile.Read(ref count) > 0;

    public void Dispose() => registrations.ForEach(r => r.Dispose());

    private void Take(PosixSignalContext context)
    {
        context.Cancel = true;
        switch (Interlocked.Increment(ref count))
        {
            case 1:
                notice("Stopping: no new attempt is started; those that run are waited for. Once more ends them now.");
                loop.Drain();
                break;
            case 2:
                notice("Ending the agents.");
                _ = loop.PostAsync(new RunCommand.CancelRun("interrupted"), CancellationToken.None).AsTask();
                break;
            default:
                Environment.Exit(ExitCode.Cancelled);
                break;
        }
    }
}
