using Muster.Git;
using Muster.Runs;

namespace Muster.Pipeline;

/// <summary>A build cannot begin as it was asked for.</summary>
public sealed class BuildException : MusterException
{
    private BuildException(string message, string nextStep)
        : base(message, nextStep)
    {
    }

    internal static BuildException NotPossible(string path, IReadOnlyCollection<PreflightProblem> problems) => new(
        $"Nothing can be built on {path}: {string.Join(' ', problems.Select(p => p.Message))}", string.Join(' ', problems.Select(p => p.NextStep)));

    internal static BuildException NoSuchAgent(string agent, IEnumerable<string> known) => new(
        $"There is no agent '{agent}'.", $"Use one of {string.Join(", ", known)}; 'muster doctor' tells which of them this machine has.");

    internal static BuildException CannotWrite(string agent, string role) => new(
        $"The agent '{agent}' cannot be the {role}: it writes nothing but reports.", "Name another with --agent, or for this role alone with --role ROLE=AGENT.");

    internal static BuildException NoSuchRole(string role, IEnumerable<string> known) => new(
        $"There is no role '{role}'.", $"--role takes one of {string.Join(", ", known)}, as in --role qc=codex.");

    internal static BuildException NoCommand() => new(
        "The agent 'command' has no program.", "Name it after --, as in: muster build \"WHAT\" --agent command -- ./agent.sh");

    internal static BuildException TooLittleOutput(RunModel model, int writes, int needed) => new(
        $"The model '{model.Model}' of agent {model.Agent} writes {writes:N0} tokens in one answer at most, and a builder writes a file in one: it needs {needed:N0}.",
        $"Give the agent another model for the tier {model.Name} under 'agents: {model.Agent}: models:' in muster.yaml in your configuration directory, or correct its 'max_output' under 'models:' there.");

    internal static BuildException NoTestProgram(string option, string why) => new(
        $"The command of {option} {why}.", "Install the program where everybody sees it, or name another; no shell reads the command.");

    internal static BuildException NoPrice(RunModel model) => new(
        $"Nobody knows what the model '{model.Model}' of agent {model.Agent} costs, so a limit in USD cannot be held.",
        $"Put its price under 'models: {model.Model}: prices:' in muster.yaml in your configuration directory (see docs/agents-and-money.md), or limit --max-tokens instead.");
}
