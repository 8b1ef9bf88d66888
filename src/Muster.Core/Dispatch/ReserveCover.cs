using Muster.Runs;

namespace Muster.Dispatch;

/// <summary>What is set aside for one attempt, and has more set aside when the attempt has taken, or is about to take, more than that.</summary>
/// <remarks>Thread-safe: the agent asks before a request while what it told of the last one is yet to be taken.</remarks>
/// <param name="step">Key of its step.</param>
/// <param name="order">The attempt.</param>
/// <param name="tell">Takes commands to the run, and returns from this one when it is decided.</param>
/// <param name="stop">Cancelled when the attempt ends, such as for want of room under a limit.</param>
internal sealed class ReserveCover(string step, AttemptOrder order, Func<RunCommand, ValueTask> tell, CancellationToken stop)
{
    private readonly Lock turn = new();
    private AttemptReserve covered = order.Reserve;

    /// <summary>Returns once <paramref name="usage"/> is set aside.</summary>
    /// <param name="usage">What the attempt has consumed, or will have.</param>
    /// <exception cref="OperationCanceledException">There is no room for it.</exception>
    public async ValueTask AskAsync(Usage usage)
    {
        if (IsCovered(usage))
        {
            return;
        }

        await tell(new RunCommand.RaiseReserve(step, order.Attempt, usage));
        stop.ThrowIfCancellationRequested();
        lock (turn)
        {
            covered = new(Math.Max(covered.Tokens, usage.Tokens), Math.Max(covered.Usd, usage.Usd ?? 0));
        }
    }

    private bool IsCovered(Usage usage)
    {
        lock (turn)
        {
            return covered.Overrun(usage) is null;
        }
    }
}
