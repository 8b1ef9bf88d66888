namespace Muster.Runs;

/// <summary>Where a run stands.</summary>
public enum RunStatus : byte
{
    /// <summary>Steps run or can be started.</summary>
    Running,

    /// <summary>Nothing more is started until a cap is raised, a quota is reset or a machine fault is mended.</summary>
    Paused,

    /// <summary>A person has to decide before anything more is started.</summary>
    AwaitingHuman,

    /// <summary>A person ended it; <c>muster resume</c> can go on.</summary>
    Cancelled,

    /// <summary>Every planned worker was verified and every synthesis written.</summary>
    Complete,

    /// <summary>Something was verified and something was not.</summary>
    CompleteWithGaps,

    /// <summary>Nothing was verified.</summary>
    Failed,
}
