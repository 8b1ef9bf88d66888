namespace Muster.Cli;

/// <summary>Something that was asked for on the command line and cannot be done.</summary>
internal sealed class CliException : MusterException
{
    private CliException(string message, string nextStep, Exception? inner = null)
        : base(message, nextStep, inner)
    {
    }

    /// <summary>Whether the command was right and the machine refused it.</summary>
    public bool IsFailure { get; private init; }

    public static CliException NoHome() => new("There is no home directory to keep runs in.", "Name a directory with '--runs DIR' or MUSTER_RUNS.");

    public static CliException NoRuns(string runs) => new($"There is no run in {runs}.", "Start one with 'muster audit .'; '--runs DIR' or MUSTER_RUNS names another place.");

    public static CliException NoSuchRun(string run, string runs) => new($"No run in {runs} begins with '{run}'.", "List them with 'muster list'.");

    public static CliException Ambiguous(string run, int count) => new($"{count} runs begin with '{run}'.", "Give more of the id; 'muster list' shows them.");

    public static CliException NoRoot(string path, bool isFile) => new(
        isFile ? $"{path} is a file." : $"There is no directory {path}.", "Name the directory to audit: 'muster audit PATH'.");

    public static CliException RootIsGone(string root, string run) => new(
        $"The directory {root}, which run {run} works on, is gone.", $"Put it back, or name another root in the plan and give it to 'muster resume {run} --amend PLAN'.");

    public static CliException Unreadable(string path) => new($"The directory {path} may not be read.", "Run as a user who may, or audit another directory.");

    public static CliException NoSuchTask(string task, string run) => new($"Run {run} has no task or synthesis '{task}'.", $"List them with 'muster show {run}'.");

    public static CliException NoRunIn(string path) => new(
        $"There is no run in {path}.", "Give the id of a run that 'muster list' shows, the beginning of one, or the path of its directory.");

    public static CliException CannotWrite(string option, string path, string why) => new(
        $"{option} cannot write to {path}: it {why}.", "Name a file in a directory that exists and that you may write to.");

    public static CliException NotCopied(string option, string from, string path, Exception inner) => new(
        $"{option} could not write {path}: {inner.Message.TrimEnd('.')}.", $"The run is as it was told above; copy the report from {from}.", inner)
    { IsFailure = true };

    public static CliException NotCopied(string path, Exception inner) => new(
        $"The copy in {path} could not be made: {inner.Message.TrimEnd('.')}.", "Nothing of it was kept and the run is as it was; name a place with space that you may write to.", inner)
    { IsFailure = true };

    public static CliException AgentIsAbsent(string agent, string why, string advice) => new($"The agent {agent} cannot work here: {why}. Nothing was started.", advice);

    public static CliException NoCount(string option, int least, int most) => new($"{option} takes a number from {least} to {most}.", $"Give one, as in {option} 5.");

    public static CliException NotAnAudit(string run) => new($"Run {run} is a build and has no findings to mend.", "Name the run of an audit; 'muster list' shows them.");

    public static CliException NothingToFix(string run) => new($"Run {run} has no finding that counts.", $"See it with 'muster show {run}'.");

    public static CliException NothingToBuild() => new(
        "A build needs to know what to build, once.", "Say it: muster build \"A billing service\" --agent claude; or, for a project that is there: muster build --feature \"Add roles\" --agent claude.");

    public static CliException NoBuilder() => new(
        "A build needs agents that write code, and nothing that costs money is picked by default.", "Name one with --agent (claude, codex, opencode, gemini, anthropic, openai), or rehearse with --script FILE; 'muster doctor' tells which this machine has.");

    public static CliException NoTime(string option, string text) => new($"{option} '{text}' is no time.", "Write it like 20m or 1h.");

    public static CliException NoRole(string text) => new($"--role '{text}' is not ROLE=AGENT.", "Write it like --role qc=codex.");

    public static CliException NoWords(string option, string text, string why) => new(
        $"The command '{text}' of {option} {why}.", "Give one program and its arguments, or a script that does more.");

    public static CliException NoGate(string run) => new($"No gate of run {run} waits for a person.", $"See where it stands with 'muster status {run}'.");

    public static CliException WhichGate(string run, IEnumerable<string> gates) => new(
        $"Several gates of run {run} wait for a person: {string.Join(", ", gates)}.", "Name one with --gate.");

    public static CliException NotShown(string gate, string sha256) => new(
        $"The gate '{gate}' can be decided from a terminal, or by whoever names what they looked at.", $"Look at it with 'muster approve --show', then add --hash {sha256[..12]}.");

    public static CliException NoGoal() => new(
        "There is no goal to plan for.", "Say it: 'muster plan \"GOAL\" --agent NAME'; 'muster plan --catalog' lists the built-in plans.");

    public static CliException NoPlanner(string? agent) => new(
        agent is null ? "No agent is named that makes the plan." : $"The agent '{agent}' cannot plan.",
        "Name one that uses a model with '--agent NAME': 'muster doctor' tells which are there, and what costs money is never picked by itself.");

    public static CliException NotTogether(string one, string other) => new($"{one} and {other} do not go together.", "Leave one of them out.");

    public static CliException NoPlanning(string run) => new(
        $"Run {run} is none that makes a plan.", "Name one that 'muster plan' began; 'muster resume' goes on with any other.");

    public static CliException PlanExists(string path) => new($"{path} exists already.", "Name another file with '--output FILE', or replace it with '--force'.");

    public static CliException PlanNotWritten(string path, string run, Exception inner) => new(
        $"The plan could not be written to {path}: {inner.Message.TrimEnd('.')}.", $"Nothing is lost: 'muster plan --resume {run} --yes --output FILE' writes it and costs nothing.", inner)
    { IsFailure = true };

    public static CliException UnreadableRun(string run, string why) => new(
        $"Run {run} cannot be read: {why.TrimEnd('.')}.", "Try 'muster repair' first; 'muster clean RUN --force' removes it all the same.");

    public static CliException Driven(string run) => new(
        $"Run {run} is driven by an engine.", "Wait for it, or end it with 'muster cancel', before you remove it.");

    public static CliException NotFinished(string run, string status) => new(
        $"Run {run} is {status}: it has not ended.", "Wait for it, or end it with 'muster cancel', before you remove it; '--force' removes it all the same.");

    public static CliException Kept(string run) => new(
        $"Run {run} has agents that are still at work: their keeper outlives its engine.", "End them with 'muster cancel', or wait for them, before you remove the run.");

    public static CliException NoPerson(string why) => new(
        $"Only a person can approve, and whoever asks {why}.", "Run 'muster trust' yourself, from a terminal of your own.");

    public static CliException NoPersonForLocks(string why) => new(
        $"Only a person can set a lock here, and whoever asks {why}.", "Run 'muster locks' yourself, from a terminal of your own.");

    public static CliException NoReason() => new("A lock is not set without a reason.", "Say why with '--because TEXT'; it stands in the audit trail.");

    public static CliException NotConfirmed() => new("The lock was not set.", "Type yes when you are asked, to set it.");

    public static CliException LocksChanged() => new("The locks were changed by somebody else while you were asked.", "Look at them with 'muster locks', and set yours again.");

    public static CliException NoSuchDirectory(string path, string name) => new(
        $"There is no directory {path}.", $"Go to a checkout that has .orchestration/{name}, or name the directory.");

    public static CliException OtherHash(string given, string now) => new(
        $"The hash {given} is not that of what is there now, {now}.", "Look at what 'muster trust' shows, and spell out the hash that it names.");

    public static CliException Exists(string path) => new($"{path} exists already.", "Name a file that does not exist yet.");
}
