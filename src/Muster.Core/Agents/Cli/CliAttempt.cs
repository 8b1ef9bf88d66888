using System.Text;
using System.Text.Json;
using Muster.Agents.Keeping;
using Muster.Artefacts;
using Muster.Models;
using Muster.Runs;

namespace Muster.Agents.Cli;

/// <summary>Follows what an attempt's processes write, and says how the attempt ended.</summary>
internal sealed class CliAttempt(ICliDialect dialect, CliCall call, ModelTable models)
{
    /// <summary>Refusals in a row that a CLI may bear by itself: as many as the others are told to.</summary>
    private const int MostRefusals = 3;

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private string directory = call.Task.Directory;
    private GrowingLines errors = new(Path.Combine(call.Task.Directory, "stderr.log"));
    private GrowingLines stream = new(Path.Combine(call.Task.Directory, "stdout.log"));
    private GrowingLines? sessionLog;
    private Usage told;

    /// <summary>What was told so far.</summary>
    public CliTranscript Transcript { get; } = new(call.Model, models);

    /// <summary>Another process begins, in a directory of its own.</summary>
    public void Begin(string itsDirectory)
    {
        (directory, stream, errors) = (itsDirectory, new(Path.Combine(itsDirectory, "stdout.log")), new(Path.Combine(itsDirectory, "stderr.log")));
        Transcript.BeginProcess();
    }

    /// <summary>How long it may still say nothing: for ever, unless its provider refuses and it waits on its own. The engine backs off for all its agents at once.</summary>
    public TimeSpan Patience => Transcript.Refusals switch
    {
        0 => Timeout.InfiniteTimeSpan,
        < MostRefusals => LongestWait,
        _ => TimeSpan.Zero,
    };

    /// <summary>The end of an attempt whose patience is over.</summary>
    public AttemptEnd GiveUp()
    {
        var failure = CliFailures.Of(429, Transcript.Refused);
        Transcript.Fail(failure);
        return new(null, null, failure.Reason, failure.Class, WasCancelled: false);
    }

    /// <summary>Reads what there is, when nothing is written any more.</summary>
    public void ReadAll() => Read(isComplete: true);

    /// <summary>What an event of the keeper, and what was written since the last, has to report.</summary>
    public IEnumerable<AgentReport> Follow(KeeperEvent e)
    {
        if (e.Started is { } origin)
        {
            yield return new AgentReport.Started(origin.Pid, origin.StartTime);
        }

        Read(isComplete: e is not { Ended: null, Lost: null });
        var any = false;
        while (Transcript.TryTakeNews(out var what))
        {
            any = true;
            yield return new AgentReport.Progress(what);
        }

        if (Transcript.Usage != told)
        {
            (told, any) = (Transcript.Usage, true);
            yield return new AgentReport.Used(told);
        }

        if (!any)
        {
            yield return new AgentReport.Progress(null);
        }
    }

    /// <summary>The last report of an attempt whose process ended so.</summary>
    public AgentReport.Finished Finish(AttemptEnd end)
    {
        var returned = ReturnLine.Of(HandedInOr(Transcript.Said), call.Task.Role);
        var failure = end.Reason is { } reason ? new(end.Class, reason) : Transcript.Failure ?? Odd(end);
        return failure is not null && IsFileComplete()
            ? Finished("Done. (Its file was complete before it failed.)", null, failure.Reason)
            : Finished(returned, failure, null);
    }

    /// <summary>The last report of an attempt whose process was lost, when its file is complete; null when it is not.</summary>
    public AgentReport.Finished? FinishLost(string reason) =>
        IsFileComplete() ? Finished("Done. (Found complete after its process was lost.)", null, $"{reason}; its file was complete") : null;

    private AgentReport.Finished Finished(string said, AgentFailure? failure, string? warning) => new(said, failure)
    {
        ToolCalls = MayWriteAnyway ? Transcript.ToolCalls : Transcript.Looks,
        Warning = (warning, Transcript.Denied) switch
        {
            ({ } one, { } other) => $"{one}; {other}",
            var (one, other) => one ?? other,
        },
    };

    /// <summary>Whether the task itself names a tool that writes; each agent has one for its own file, and the use of that shows no work.</summary>
    private bool MayWriteAnyway => call.Task.Spec?.Tools.Any(tool => tool is "Write" or "Edit") is true;

    /// <summary>A file counts, whatever else went wrong; but a coordinator's summary is its last word, so it must have one.</summary>
    private bool IsFileComplete() => call.Task.Role is not Role.Coordinator && Verifier.Verify(call.Task.Directory, new()) is Verdict.Verified;

    /// <summary>Only an agent that can write nothing has its message taken up: any other could leave one, and a link for us to write through.</summary>
    private string HandedInOr(string said) => (dialect.HandsInByMessage(call) ? HandedIn.Take(call.LastMessage, call.Task.OutputPath) : null) switch
    {
        null => said,
        "" when call.Task.Role is not Role.Coordinator => "Done.", // It handed its file in: that says it.
        var returned => returned,
    };

    /// <summary>An end without a word in the stream: its exit code, and what stands last in its errors.</summary>
    private AgentFailure? Odd(AttemptEnd end)
    {
        if (end is { Code: 0, Signal: null } && Transcript.HasEnded)
        {
            return null;
        }

        var exit = end.Signal is { } signal ? $"ended by signal {signal}" : end.Code is 0 ? "its stream ended without an end" : $"exit code {end.Code}";
        var complaint = StreamEnd.LastLine(Path.Combine(directory, "stderr.log"));
        return complaint.Length == 0 ? new(FailureClass.Agent, exit) : CliFailures.Of(null, complaint) is var failure
            ? failure with { Reason = $"{exit}: {failure.Reason}" }
            : null;
    }

    private void Read(bool isComplete)
    {
        foreach (var line in errors.Read(isComplete))
        {
            if (dialect.RefusalIn(Encoding.UTF8.GetString(line.Span)) is { } words)
            {
                Transcript.Refuse(words);
            }
        }

        ReadSessionLog(); // First, since it may know each request, and the stream only their sum.
        foreach (var line in stream.Read(isComplete))
        {
            Take(line, dialect.Read);
        }

        if (sessionLog is null)
        {
            ReadSessionLog();
        }
    }

    private void ReadSessionLog()
    {
        if (sessionLog is null && Transcript.Session is { } session && dialect.SessionLog(call, session) is { } path)
        {
            sessionLog = new(path);
        }

        foreach (var line in sessionLog?.Read(isComplete: false) ?? [])
        {
            Take(line, dialect.ReadLog);
        }
    }

    private void Take(ReadOnlyMemory<byte> line, Action<JsonElement, CliTranscript> read)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            read(json.RootElement, Transcript);
        }
        catch (JsonException)
        {
            // Not every line is for programs: warnings, a banner, a line that was cut.
        }
    }
}
