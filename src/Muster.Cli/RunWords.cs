using Muster.Runs;

namespace Muster.Cli;

/// <summary>How commands name where a run stands.</summary>
internal static class RunWords
{
    public static string Of(RunStatus status) => status switch
    {
        RunStatus.Complete => "Complete",
        RunStatus.CompleteWithGaps => "Complete with gaps",
        RunStatus.Failed => "Failed",
        RunStatus.Cancelled => "Cancelled",
        RunStatus.Paused => "Paused",
        RunStatus.AwaitingHuman => "Awaiting a human",
        _ => "Not finished",
    };

    public static string Of(TimeSpan time) => time.TotalSeconds < 60 ? $"{time.TotalSeconds:0.0} s" : $"{(long)time.TotalHours:00}:{time.Minutes:00}:{time.Seconds:00}";

    /// <summary>A number with its word: "1 wave", "1,200 waves".</summary>
    public static string Count(long count, string word) => $"{count:N0} {word}{(count == 1 ? string.Empty : "s")}";
}
