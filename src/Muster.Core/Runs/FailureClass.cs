namespace Muster.Runs;

/// <summary>What a failed attempt means for the next one; see design: failures have classes.</summary>
public enum FailureClass : byte
{
    /// <summary>No file, no seal, timeout, "Failed.": one retry with what was wrong appended, then a gap.</summary>
    Agent,

    /// <summary>The provider was busy or the line was cut: backed off, no retry used up, until the role's ceiling.</summary>
    Transient,

    /// <summary>Bad key, refused request, agent not installed: nothing more is launched on that agent.</summary>
    Permanent,

    /// <summary>Quota or credit is used up: the run pauses.</summary>
    Quota,

    /// <summary>This machine cannot start it now (no process, no descriptor, no disk): the run pauses, no retry is used up.</summary>
    Machine,
}
