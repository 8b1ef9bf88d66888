namespace Muster.Agents.Cli;

/// <summary>An agent CLI that cannot be used here, or not for this.</summary>
public sealed class CliAgentException : MusterException
{
    private CliAgentException(string message, string nextStep)
        : base(message, nextStep)
    {
    }

    internal static CliAgentException NotInstalled(ICliDialect dialect, string program) => new(
        $"The program '{program}' of the agent '{dialect.Name}' was not found, or may not be executed.",
        $"Install it with 'npm install -g {dialect.Release.Package}@{dialect.Release.Tested}', or name it under agents, {dialect.Name}, program in your muster.yaml.");

    internal static CliAgentException TooOld(ICliDialect dialect, string program, Version version) => new(
        $"{program} is version {version}; the agent '{dialect.Name}' needs {dialect.Release.Least} or later.",
        $"Install a newer one with 'npm install -g {dialect.Release.Package}@{dialect.Release.Tested}'.");

    internal static CliAgentException VersionUnknown(ICliDialect dialect, string program) => new(
        $"{program} does not tell its version, so that nobody knows whether it is {dialect.Name}.",
        $"Look at what '{program} --version' prints, or name another program under agents, {dialect.Name}, program in your muster.yaml.");

    internal static CliAgentException NoKey(ICliDialect dialect, string? variable) => new(
        $"The agent '{dialect.Name}' has no key: the variable {variable ?? "that would hold it"} is not set.",
        $"Set it, or write 'login: user' under agents, {dialect.Name} in your muster.yaml to use the login that your own {dialect.Name} has.");

    internal static CliAgentException NoSandbox(ICliDialect dialect, string? why) => new(
        $"The agent '{dialect.Name}' can be kept from changing the tree by bubblewrap alone here{(why is null ? string.Empty : $", since {why}")}, and bwrap is not installed or may not make a sandbox.",
        $"Install bubblewrap (apt-get install bubblewrap){(why is null ? ", or use the agent claude or codex" : ", or take Bash out of the task's tools")}.");

    internal static CliAgentException LoginInSandbox(ICliDialect dialect) => new(
        $"The agent '{dialect.Name}' cannot have both a shell and your own login: its commands could then change your configuration.",
        "Take Bash out of the task's tools, or give it a key instead of 'login: user'.");

    internal static CliAgentException TooManyInstructions(string root, string file, int most) => new(
        $"More than {most} files of {root} are named {file}, and the agent 'gemini' would take each for its instructions.", "Use another agent for this tree.");

    internal static CliAgentException Link(string path) => new(
        $"The agent left a link where the engine makes a directory: {path}.",
        "Look at the attempt's directory before you trust what the agent did, and retry the task.");

    internal static CliAgentException Unnameable(string path, string special) => new(
        $"The path {path} has one of the characters {special} in it, which the agent's rules of access read as something else.",
        "Use another directory of runs (--runs), or move the tree.");
}
