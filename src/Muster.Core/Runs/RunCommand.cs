namespace Muster.Runs;

/// <summary>A request to a run. Time and chance arrive inside it; the decider has none of its own.</summary>
public abstract record RunCommand
{
    private RunCommand()
    {
    }

    /// <summary>An attempt's agent has taken, or is about to take, more than was set aside for it, and goes on: <c>Used</c> is what it comes to.</summary>
    public sealed record RaiseReserve(string Step, int Attempt, Usage Used) : RunCommand;

    /// <summary>An attempt's agent has ended; what it left is yet to be judged.</summary>
    public sealed record EndAttempt(string Step, int Attempt, Usage Usage) : RunCommand;

    /// <summary>An attempt's agent has ended well, and the machine cannot take its file up now: launching waits, the attempt does not end.</summary>
    /// <param name="Step">The step's key.</param>
    /// <param name="Attempt">1-based.</param>
    /// <param name="Reason">What is in the way.</param>
    /// <param name="RetryAfter">How long until it is tried again.</param>
    /// <param name="Now">UTC; the loop fills it in.</param>
    public sealed record StallAttempt(string Step, int Attempt, string Reason, TimeSpan RetryAfter, DateTimeOffset Now) : RunCommand;

    /// <summary>An attempt's file was verified and published.</summary>
    public sealed record CompleteAttempt(
        string Step, int Attempt, long Length, string Sha256, int Tokens, string Summary, Usage Usage, string? Warning,
        FindingCounts? Findings = null, int Notes = 0, string? Result = null) : RunCommand;

    /// <summary>An attempt ended without a file that counts.</summary>
    /// <param name="Step">The step's key.</param>
    /// <param name="Attempt">1-based.</param>
    /// <param name="Class">What it means for the next attempt.</param>
    /// <param name="Reason">What was wrong.</param>
    /// <param name="Usage">What was consumed.</param>
    /// <param name="RetryAfter">How long the provider asks to wait; null when it said nothing.</param>
    /// <param name="Now">UTC; the loop fills it in.</param>
    /// <param name="Chance">Uniform in [0, 1), for jitter.</param>
    public sealed record FailAttempt(
        string Step, int Attempt, FailureClass Class, string Reason, Usage Usage, TimeSpan? RetryAfter,
        DateTimeOffset Now, double Chance) : RunCommand;

    /// <summary>An attempt began and never ended, and cannot be adopted.</summary>
    public sealed record LoseAttempt(string Step, int Attempt, string Reason) : RunCommand;

    /// <summary>What became of an attempt that may have been paid for cannot be found out.</summary>
    public sealed record LeaveUndecided(string Step, int Attempt, string Reason) : RunCommand;

    /// <summary>A person decides about steps whose attempts are undecided.</summary>
    /// <param name="Steps">Their keys.</param>
    /// <param name="IsSkipped">Whether they are left out, rather than done again.</param>
    public sealed record DecideSteps(IReadOnlyList<string> Steps, bool IsSkipped) : RunCommand;

    /// <summary>An attempt was stopped because its run is cancelled or its step no longer needs it.</summary>
    public sealed record DiscardAttempt(string Step, int Attempt, string Reason, Usage Usage) : RunCommand;

    /// <summary>Launching stops until a person or <paramref name="Until"/> lets it go on.</summary>
    public sealed record PauseRun(PauseKind Kind, string Reason, DateTimeOffset? Until) : RunCommand;

    /// <summary>A person lets launching go on, after a pause or a cancellation.</summary>
    public sealed record ContinueRun(string Reason) : RunCommand;

    /// <summary>The time that a pause had set itself may be over. Of no effect on a run that is not paused, or not that long.</summary>
    /// <param name="Now">UTC.</param>
    public sealed record EndPause(DateTimeOffset Now) : RunCommand;

    /// <summary>The run ends as it is.</summary>
    public sealed record CancelRun(string Reason) : RunCommand;

    /// <summary>Failed and skipped steps are done again, or the one named.</summary>
    /// <param name="Step">A step's key; null means all gaps.</param>
    public sealed record RetrySteps(string? Step) : RunCommand;

    /// <summary>A published file is not what was sealed: the step is done again, unless it is being done again already.</summary>
    /// <param name="Step">The step's key.</param>
    /// <param name="Attempt">The attempt whose file was looked at.</param>
    /// <param name="Reason">What was wrong with it.</param>
    public sealed record DistrustStep(string Step, int Attempt, string Reason) : RunCommand;

    /// <summary>What the run may spend from now on.</summary>
    /// <param name="Limits">All of them, changed or not.</param>
    /// <param name="AcceptUnknownCost">Whether attempts of unknown cost so far are left out of the limit in USD.</param>
    /// <param name="Models">The run's models with the prices of now; null leaves those that it has.</param>
    public sealed record ChangeLimits(RunLimits Limits, bool AcceptUnknownCost = false, IReadOnlyList<RunModel>? Models = null) : RunCommand;

    /// <summary>A person decides a gate.</summary>
    /// <param name="Gate">Its name.</param>
    /// <param name="Sha256">Hash of what they saw, or its first 8 digits or more.</param>
    /// <param name="IsApproved">Whether they say yes.</param>
    /// <param name="By">Who they are.</param>
    /// <param name="Because">Their words; needed for a no.</param>
    public sealed record DecideGate(string Gate, string Sha256, bool IsApproved, string By, string? Because) : RunCommand;

    /// <summary>The summary and the reports are written.</summary>
    /// <param name="ParentTokens">Tokens of summary.md.</param>
    /// <param name="Outcome">How a build ended; null for the rule of all other runs.</param>
    public sealed record FinishRun(int ParentTokens, RunStatus? Outcome = null) : RunCommand;
}
