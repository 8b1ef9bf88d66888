using Muster.Artefacts;
using Muster.Dispatch;
using Muster.Runs;

namespace Muster.Cli;

/// <summary>How one process asks another's engine to end its run: a file in the run directory, which only its owner may write to.</summary>
/// <remarks>
/// What an earlier engine left is cleared before the lock is taken, so that whoever sees the lock held and asks is never overheard. An
/// engine clears it when it ends. Whoever asks looks whether the file is still there, since a second engine that is refused clears it too.
/// </remarks>
internal static class CancelFile
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    public static void Ask(RunDirectory directory) => File.WriteAllText(PathOf(directory), "cancel\n");

    public static void Clear(RunDirectory directory) => File.Delete(PathOf(directory));

    public static bool IsThere(RunDirectory directory) => File.Exists(PathOf(directory));

    /// <summary>Hands the request to the loop when it comes; ends with <paramref name="stop"/>.</summary>
    public static async Task FollowAsync(RunDirectory directory, RunLoop loop, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                if (IsThere(directory))
                {
                    await loop.PostAsync(new RunCommand.CancelRun("asked by 'muster cancel'"), stop);
                    return;
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or System.Threading.Channels.ChannelClosedException)
        {
            // The run has ended by itself.
        }
    }

    private static string PathOf(RunDirectory directory) => directory.In("cancel");
}
