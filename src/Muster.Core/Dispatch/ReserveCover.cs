using Muster.Runs;

namespace Muster.Dispatch;

/// <summary>What is set aside for one attempt, and has more set aside when the attempt has taken, or is about to take, more than that.</summary>
/// <param name="step">Key of its step.</param>
/// <param name="order">The attempt.</param>
/// <param name="tell">Takes commands to the run, and returns from this one when it is decided.</param>
/// <param name="stop">Cancelled when the attempt ends, such as for want of room under a limit.</param>
internal sealed class ReserveCover(string step, AttemptOrder order, Func<RunCommand, ValueTask> tell, CancellationToken stop)
{
    private AttemptReserve covered = order.Reserve;

    /// <summary>Returns once <paramref name="usage"/> is set aside.</summary>
    /// <param name="usage">What the attempt has consumed, or will have.</param>
    /// <exception cref="OperationCanceledException">There is no room for it.</exception>
    public async ValueTask AskAsync(Usage usage)
    {
        if (covered.Overrun(usage) is not null)
        {
            await tell(new RunCommand.RaiseReserve(step, order.Attempt, usage));
            stop.ThrowIfCancellationRequested();
            covered = new(Math.Max(covered.Tokens, usage.Tokens), Math.Max(covered.Usd, usage.Usd ?? 0));
        }
    }
}
