namespace Muster.Runs;

/// <summary>A fact of a run. Names and shapes on disk are versioned in the journal's codec.</summary>
public abstract record RunEvent
{
    private RunEvent()
    {
    }

    /// <summary>The run exists; the first event of every journal.</summary>
    /// <param name="Header">What does not change over the run.</param>
    /// <param name="TaskCount">Lines in the tasks file.</param>
    /// <param name="TasksSha256">Hash of that file, lower-case hexadecimal.</param>
    public sealed record RunPlanned(RunHeader Header, int TaskCount, string TasksSha256) : RunEvent;

    /// <summary>An engine drives the run from here on, under a new epoch.</summary>
    public sealed record EngineStarted(long Epoch, int Pid, string Host, string BootId, string Version) : RunEvent;

    /// <summary>The intent to run an attempt; durable before anything is spawned or paid for.</summary>
    /// <param name="Step">The step's key.</param>
    /// <param name="Attempt">1-based.</param>
    /// <param name="Agent">Name of the agent.</param>
    /// <param name="Fingerprint">What is asked, inputs included; lower-case hexadecimal.</param>
    /// <param name="Wave">1-based under <c>--dispatch waves</c>; 0 when rolling.</param>
    /// <param name="ReservedTokens">Tokens set aside until the attempt settles.</param>
    /// <param name="ReservedUsd">USD set aside; null when no price is known.</param>
    public sealed record AttemptStarted(
        string Step, int Attempt, string Agent, string Fingerprint, int Wave, long ReservedTokens, decimal? ReservedUsd) : RunEvent;

    /// <summary>More is set aside for an attempt, since its agent takes more than was expected.</summary>
    /// <param name="Step">The step's key.</param>
    /// <param name="Attempt">1-based.</param>
    /// <param name="ReservedTokens">Tokens set aside from here on.</param>
    /// <param name="ReservedUsd">USD set aside from here on.</param>
    public sealed record ReserveRaised(string Step, int Attempt, long ReservedTokens, decimal? ReservedUsd) : RunEvent;

    /// <summary>The agent's work is over: its units are free while what it left is verified and flushed.</summary>
    /// <param name="Step">The step's key.</param>
    /// <param name="Attempt">1-based.</param>
    /// <param name="Usage">What the agent consumed; known from here on, even if the engine dies before the attempt settles.</param>
    public sealed record AttemptEnded(string Step, int Attempt, Usage Usage) : RunEvent;

    /// <summary>The attempt's file is verified, published and sealed.</summary>
    /// <param name="Step">The step's key.</param>
    /// <param name="Attempt">1-based; the seal is bound to it.</param>
    /// <param name="Length">Bytes of the published file.</param>
    /// <param name="Sha256">Its hash, lower-case hexadecimal.</param>
    /// <param name="Tokens">About how many tokens it has: what a flat fan-out would have returned.</param>
    /// <param name="Summary">The return line, or a coordinator's summary, within its limits.</param>
    /// <param name="Usage">What the attempt consumed.</param>
    /// <param name="Warning">Something odd that did not fail it; null when nothing was.</param>
    /// <param name="Findings">A worker's findings with their standing; null for a coordinator.</param>
    /// <param name="Notes">Bullets of a worker that are no findings.</param>
    /// <param name="Result">What came of a build's step, as JSON; null where it gives nothing but its file.</param>
    public sealed record AttemptVerified(
        string Step, int Attempt, long Length, string Sha256, int Tokens, string Summary, Usage Usage, string? Warning,
        FindingCounts? Findings = null, int Notes = 0, string? Result = null) : RunEvent;

    /// <summary>The attempt ended without a file that counts.</summary>
    /// <param name="Step">The step's key.</param>
    /// <param name="Attempt">1-based.</param>
    /// <param name="Class">What it means for the next attempt.</param>
    /// <param name="Reason">What was wrong.</param>
    /// <param name="Usage">What the attempt consumed all the same.</param>
    /// <param name="RetryAt">When the next attempt may start; null when none follows and the step is a gap.</param>
    public sealed record AttemptFailed(
        string Step, int Attempt, FailureClass Class, string Reason, Usage Usage, DateTimeOffset? RetryAt) : RunEvent;

    /// <summary>The attempt began and never ended: its engine, keeper or machine went away.</summary>
    /// <param name="Step">The step's key.</param>
    /// <param name="Attempt">1-based.</param>
    /// <param name="Reason">How that was found.</param>
    /// <param name="Final">Whether too many were lost and the step is a gap.</param>
    public sealed record AttemptLost(string Step, int Attempt, string Reason, bool Final) : RunEvent;

    /// <summary>The attempt ended after its step had been reset, a limit was reached, or the run was cancelled.</summary>
    public sealed record AttemptDiscarded(string Step, int Attempt, string Reason, Usage Usage) : RunEvent;

    /// <summary>The attempt may have been paid for, and what became of it cannot be found out: it stays begun until another look tells, or a person decides.</summary>
    /// <param name="Step">The step's key.</param>
    /// <param name="Attempt">1-based.</param>
    /// <param name="Reason">Why it cannot be found out.</param>
    public sealed record AttemptUndecided(string Step, int Attempt, string Reason) : RunEvent;

    /// <summary>The step never ran and will not.</summary>
    public sealed record StepSkipped(string Step, string Reason) : RunEvent;

    /// <summary>The step is to be done again: a person asked, an input changed, or its published file was found changed.</summary>
    /// <param name="Step">The step's key.</param>
    /// <param name="Reason">A few words.</param>
    /// <param name="Discard">Whether a result that it has must not stand even if nothing about it changed.</param>
    /// <param name="Distrusted">Whether its published file was not what was sealed.</param>
    public sealed record StepReset(string Step, string Reason, bool Discard, bool Distrusted = false) : RunEvent;

    /// <summary>The step is asked for what it was asked before, with the same inputs: its recorded result stands.</summary>
    /// <param name="Step">The step's key.</param>
    /// <param name="Attempt">The attempt whose artefact stands.</param>
    public sealed record StepReused(string Step, int Attempt) : RunEvent;

    /// <summary>Nothing more is launched on this agent.</summary>
    public sealed record AgentStopped(string Agent, string Reason) : RunEvent;

    /// <summary>A person lets a stopped agent be used again.</summary>
    public sealed record AgentAllowed(string Agent) : RunEvent;

    /// <summary>The ceiling of units at once was moved.</summary>
    public sealed record CapacityChanged(int Units, string Reason) : RunEvent;

    /// <summary>Nothing more is launched until <see cref="RunContinued"/>.</summary>
    /// <param name="Kind">Decides the exit code.</param>
    /// <param name="Reason">A sentence.</param>
    /// <param name="Until">When the run goes on by itself; null means a person decides.</param>
    public sealed record RunPaused(PauseKind Kind, string Reason, DateTimeOffset? Until) : RunEvent;

    /// <summary>Launching goes on after a pause, a cancellation or a finished run that has work again.</summary>
    /// <param name="Reason">A few words.</param>
    /// <param name="ByItself">Whether a pause was over, and nobody asked.</param>
    public sealed record RunContinued(string Reason, bool ByItself = false) : RunEvent;

    /// <summary>A person changed what the run may spend.</summary>
    /// <param name="Limits">All limits.</param>
    /// <param name="AcceptUnknownCost">Whether attempts of unknown cost so far are left out of the limit in USD.</param>
    /// <param name="Models">The models with the prices of now; null where they are as before.</param>
    public sealed record LimitsChanged(RunLimits Limits, bool AcceptUnknownCost = false, IReadOnlyList<RunModel>? Models = null) : RunEvent;

    /// <summary>The plan was edited; the steps of the new tasks file stand from here on.</summary>
    /// <param name="Header">The header with the new plan.</param>
    /// <param name="TaskCount">Lines in the new tasks file.</param>
    /// <param name="TasksSha256">Hash of that file.</param>
    public sealed record PlanAmended(RunHeader Header, int TaskCount, string TasksSha256) : RunEvent;

    /// <summary>A build wants one more step, which can be launched at once.</summary>
    /// <param name="Step">The step's key.</param>
    /// <param name="Role">What is asked for.</param>
    /// <param name="Tier">Decides its units, and its model.</param>
    /// <param name="Stage">Id of the stage that it belongs to; one of the header's domains.</param>
    /// <param name="Agent">Name of the agent; one of the build's.</param>
    /// <param name="Fingerprint">SHA-256 of all that is asked; lower-case hexadecimal.</param>
    /// <param name="Ask">What is asked.</param>
    public sealed record StepAdded(string Step, Role Role, Tier Tier, string Stage, string Agent, string Fingerprint, StepAsk Ask) : RunEvent;

    /// <summary>A person has to decide before a build goes on with what depends on it. An earlier decision on something else is void.</summary>
    /// <param name="Gate">The gate's name.</param>
    /// <param name="Sha256">Hash of what is to be decided; lower-case hexadecimal.</param>
    /// <param name="Subject">What it is, a sentence.</param>
    public sealed record GateOpened(string Gate, string Sha256, string Subject) : RunEvent;

    /// <summary>A person decided.</summary>
    /// <param name="Gate">The gate's name.</param>
    /// <param name="Sha256">Hash of what they decided on: that of the open gate.</param>
    /// <param name="IsApproved">Whether they said yes.</param>
    /// <param name="By">Who, as the machine knows them.</param>
    /// <param name="Because">Their words; null where they gave none.</param>
    public sealed record GateDecided(string Gate, string Sha256, bool IsApproved, string By, string? Because) : RunEvent;

    /// <summary>A person ended the run.</summary>
    public sealed record RunCancelled(string Reason) : RunEvent;

    /// <summary>Everything is final, and the summary and reports are written.</summary>
    /// <param name="Outcome">Complete, CompleteWithGaps or Failed.</param>
    /// <param name="ParentTokens">Tokens of summary.md.</param>
    /// <param name="FlatTokens">Tokens of all worker files.</param>
    public sealed record RunFinished(RunStatus Outcome, int ParentTokens, long FlatTokens) : RunEvent;
}
