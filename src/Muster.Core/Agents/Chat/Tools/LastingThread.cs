using System.Collections.Concurrent;

namespace Muster.Agents.Chat.Tools;

/// <summary>A thread that lasts as long as the process, to start programs on that die with it.</summary>
/// <remarks>Linux sends the death signal of a parent when the thread that made the child ends, and a thread of the pool ends when it likes.</remarks>
internal static class LastingThread
{
    private static readonly BlockingCollection<Action> Work = new(boundedCapacity: 1_024);
    private static readonly Lazy<Thread> Worker = new(() =>
    {
        var thread = new Thread(() =>
        {
            foreach (var action in Work.GetConsumingEnumerable())
            {
                action();
            }
        })
        { IsBackground = true, Name = "starts of programs" };
        thread.Start();
        return thread;
    });

    /// <summary>Runs a function there.</summary>
    public static Task<T> RunAsync<T>(Func<T> function)
    {
        _ = Worker.Value;
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Work.Add(() =>
        {
            try
            {
                done.SetResult(function());
            }
            catch (Exception e)
            {
                done.SetException(e); // Whoever waits for it gets it.
            }
        });
        return done.Task;
    }
}
