using Muster.Agents;
using Muster.Artefacts;

namespace Muster.Dispatch;

/// <summary>The directory of an attempt, before its agent begins.</summary>
internal static class AttemptHome
{
    /// <summary>Makes it, with the prompt in it; what another engine's agent has begun in is left as it is.</summary>
    /// <param name="home">Absolute path.</param>
    /// <param name="prompt">The whole prompt.</param>
    /// <param name="mayBeThere">Whether another engine may have made it.</param>
    /// <param name="resumable">The agent, where it can be taken over; null where it cannot.</param>
    public static void LayOut(string home, string prompt, bool mayBeThere, IResumableAgent? resumable)
    {
        if (!mayBeThere)
        {
            RunDirectory.MakeFresh(home);
            Publisher.WriteOnce(Path.Combine(home, "prompt.md"), prompt);
        }
        else if (resumable?.HasBegun(home) is false)
        {
            Directory.CreateDirectory(home); // Its engine was killed between the intent and the start: this one starts it.
            File.WriteAllText(Path.Combine(home, "prompt.md"), prompt);
        }
    }
}
