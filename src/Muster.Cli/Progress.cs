using Muster.Artefacts;
using Muster.Runs;

namespace Muster.Cli;

/// <summary>Shows a run while it goes on; told of entries on the loop's thread, draws on its own.</summary>
internal abstract class Progress
{
    private const int RememberedProblems = 3;
    private const int MostShown = 400;

    private readonly Queue<string> problems = new();
    private string? lastNotice;

    protected Lock Gate { get; } = new();

    protected FindingCounts[] Findings { get; private set; } = [];

    protected IReadOnlyCollection<string> Problems => problems;

    protected RunState? Run { get; private set; }

    /// <summary>Live on a terminal, lines elsewhere, nothing with <c>--json</c>.</summary>
    public static Progress Create(bool json) => json ? new QuietProgress()
        : Console.IsOutputRedirected || Environment.GetEnvironmentVariable("TERM") is "dumb" ? new LineProgress()
        : new LiveProgress();

    public void Start(RunState run)
    {
        lock (Gate)
        {
            Run = run;
            Findings = new FindingCounts[run.Table.Domains.Length];
        }

        Begin(run);
    }

    public void Take(RunState run, IReadOnlyList<RunEntry> entries)
    {
        lock (Gate)
        {
            lastNotice = entries.Count > 0 ? null : lastNotice;
            foreach (var entry in entries)
            {
                if (Findings.Length > 0 && entry.Event is RunEvent.AttemptVerified { Findings: { } found } verified)
                {
                    var domain = run.Table[run.Table.IndexOf(verified.Step)].Domain;
                    Findings[domain] = Findings[domain].Plus(found);
                }

                if (ProblemIn(entry.Event) is { } problem)
                {
                    problems.Enqueue(problem);
                    if (problems.Count > RememberedProblems)
                    {
                        problems.Dequeue();
                    }

                    Tell(problem);
                }
            }

            Look(run);
        }
    }

    /// <summary>Says something at once; what is said again while nothing has happened is said once.</summary>
    public void Notice(string text)
    {
        lock (Gate)
        {
            if (text == lastNotice)
            {
                return;
            }

            lastNotice = text;
        }

        Say(text);
    }

    public abstract Task StopAsync();

    /// <summary>Tells a person something that the run's entries do not.</summary>
    protected virtual void Say(string text) => Console.Error.WriteLine(text);

    /// <summary>Draws the first time.</summary>
    protected abstract void Begin(RunState run);

    /// <summary>A problem came up.</summary>
    protected abstract void Tell(string problem);

    /// <summary>The state moved on; it may be read now and only now.</summary>
    protected abstract void Look(RunState run);

    private static string? ProblemIn(RunEvent e) => e switch
    {
        RunEvent.AttemptFailed f => $"{NameOf(f.Step)}: {Line(f.Reason)}" + (f.RetryAt is null ? " (gap)" : $" (attempt {f.Attempt}, tried again)"),
        RunEvent.AttemptLost l => $"{NameOf(l.Step)}: lost, {Line(l.Reason)}" + (l.Final ? " (gap)" : string.Empty),
        RunEvent.AttemptUndecided u => $"{NameOf(u.Step)}: undecided, {Line(u.Reason)}",
        RunEvent.AttemptVerified { Warning: { } warning } v => $"{NameOf(v.Step)}: {Line(warning)}",
        RunEvent.RunPaused p => $"paused: {Line(p.Reason)}",
        RunEvent.AgentStopped a => $"agent {a.Agent} stopped: {Line(a.Reason)}",
        _ => null,
    };

    private static string Line(string reason) => ReportText.Line(reason, MostShown);

    private static string NameOf(string step) => DisplayText.Clean(step.StartsWith("worker/", StringComparison.Ordinal) ? step[7..] : step);
}
