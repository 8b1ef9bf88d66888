using Muster.Runs;

namespace Muster.Agents;

/// <summary>What an agent tells while it works. Every report but the last counts as progress for the watchdog.</summary>
public abstract record AgentReport
{
    private AgentReport()
    {
    }

    /// <summary>The attempt's process was started; lets another engine find it again.</summary>
    /// <param name="Pid">Process id on this machine.</param>
    /// <param name="StartTime">Field 22 of /proc/PID/stat, in clock ticks since boot.</param>
    public sealed record Started(int Pid, long StartTime) : AgentReport;

    /// <summary>Something happened: a tool call, output bytes, file growth.</summary>
    /// <param name="What">A few words for people, or null.</param>
    public sealed record Progress(string? What) : AgentReport;

    /// <summary>What was consumed so far in this attempt; a later report replaces an earlier one.</summary>
    public sealed record Used(Usage Usage) : AgentReport;

    /// <summary>The attempt ended on the agent's side. The artefact decides whether it succeeded, not this message.</summary>
    /// <param name="ReturnLine">What the agent says to its parent: "Done. …", "Failed. …", or a coordinator's summary; empty if it said nothing.</param>
    /// <param name="Failure">Why the agent itself knows that it failed; null when it believes it is done.</param>
    public sealed record Finished(string ReturnLine, AgentFailure? Failure) : AgentReport
    {
        /// <summary>The content of the attempt's file, from an agent that works in memory; null where it stands in the attempt's directory.</summary>
        public string? Output { get; init; }

        /// <summary>What came of it, as JSON, from code of the engine; null from every other agent.</summary>
        public string? Result { get; init; }

        /// <summary>Calls of tools in the attempt; null where the agent cannot tell.</summary>
        public int? ToolCalls { get; init; }

        /// <summary>Something odd that does not by itself fail the attempt, such as a non-zero exit code; null when nothing was.</summary>
        public string? Warning { get; init; }
    }
}
