using Muster.Journal;
using Muster.Runs;

namespace Muster.Dispatch;

/// <summary>What a loop works with; a simulation hands in its own.</summary>
public sealed record RunLoopParts
{
    /// <summary>Time, for waits and for the entries' instants.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Reads from the state, on the loop's thread, what an attempt needs of it.</summary>
    public required Func<RunState, AttemptOrder, AttemptInputs> Read { get; init; }

    /// <summary>
    /// Carries an attempt out, on any thread, and tells the run what becomes of it, its end last. Stopped by its token, it tells
    /// <see cref="RunCommand.DiscardAttempt"/>. What telling throws, it lets through: then the engine has ended.
    /// </summary>
    public required Func<AttemptOrder, AttemptInputs, Func<RunCommand, ValueTask>, CancellationToken, Task> Attempt { get; init; }

    /// <summary>Lets go of what outlives the engine, before a loop that ends with attempts under way stops them; null when nothing does.</summary>
    public Action? LetGo { get; init; }

    /// <summary>
    /// Whether an attempt of an agent, by name, may begin while that many are under way; asked again as they end, and every second. With
    /// none under way it must say yes. Null: yes always.
    /// </summary>
    public Func<string, int, bool>? Admit { get; init; }

    /// <summary>
    /// Writes the summary and reports of a run whose steps are all final; returns the summary's tokens. Null where attempts are only
    /// brought to their end: then the run does not finish.
    /// </summary>
    public Func<RunState, Task<int>>? Finish { get; init; }

    /// <summary>
    /// The steps and gates that a build wants now and has not, in order, as events to be taken in; pure. Null for a plan, whose steps are all there.
    /// </summary>
    public Func<RunState, IReadOnlyList<RunEvent>>? Workflow { get; init; }

    /// <summary>How a build ended that wants nothing more; null for the rule of plans.</summary>
    public Func<RunState, RunStatus>? Outcome { get; init; }

    /// <summary>
    /// Compares every published file with its seal, while the state stands still, and says what to tell the run; null when nobody looks.
    /// </summary>
    public Func<RunState, Task<IReadOnlyList<RunCommand>>>? CheckSeals { get; init; }

    /// <summary>Opens the journal anew after an append of unknown outcome.</summary>
    public required Func<IJournal> Reopen { get; init; }

    /// <summary>The rules. A simulation puts broken ones in their place to see whether its oracle notices.</summary>
    internal Func<RunState, RunCommand, IReadOnlyList<RunEvent>> Decide { get; init; } = RunDecider.Decide;

    /// <summary>The rules of launching, likewise.</summary>
    internal Func<RunState, DateTimeOffset, IEnumerable<RunEvent>> Launch { get; init; } = RunDecider.Launch;

    /// <summary>Told of entries once they are durable, on the loop's thread; null when nobody listens.</summary>
    public Action<RunState, IReadOnlyList<RunEntry>>? Committed { get; init; }

    /// <summary>Told what a person should know at once; null when nobody listens.</summary>
    public Action<string>? Notice { get; init; }
}
