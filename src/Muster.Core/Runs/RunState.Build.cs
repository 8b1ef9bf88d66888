namespace Muster.Runs;

/// <content>What a build adds: steps that come as it goes on, their results, and gates.</content>
public sealed partial class RunState
{
    private readonly Dictionary<int, string> results = [];
    private readonly Dictionary<int, StepAsk> asks = [];
    private readonly Dictionary<string, GateState> gates = new(StringComparer.Ordinal);

    /// <summary>Its gates, in the order in which they were first opened.</summary>
    public IReadOnlyCollection<GateState> Gates => [.. gates.Values.OrderBy(gate => gate.OpenedAt).ThenBy(gate => gate.Name, StringComparer.Ordinal)];

    /// <summary>The gate of that name; null when it was never opened.</summary>
    public GateState? GateOf(string name) => gates.GetValueOrDefault(name);

    /// <summary>What came of a verified step, as JSON; null where a step gives nothing but its file, or is not verified.</summary>
    public string? ResultOf(int step) => steps[step].Status is StepStatus.Verified ? results.GetValueOrDefault(step) : null;

    /// <summary>What a step of a build is asked; null for a step of a plan.</summary>
    public StepAsk? AskOf(int step) => asks.GetValueOrDefault(step);

    private void Grow(RunEvent.StepAdded e)
    {
        var step = Table.Add(e);
        if (steps.Length == step)
        {
            Array.Resize(ref steps, Math.Max(64, step * 2));
        }

        steps[step] = default;
        ready.Reserve(steps.Length);
        asks[step] = e.Ask;
        OpenSteps++;
        foreach (var tally in Tallies(step))
        {
            tally.Planned++;
        }

        MakeReady(step);
    }

    private void Open(RunEvent.GateOpened e, DateTimeOffset at)
    {
        var before = gates.GetValueOrDefault(e.Gate);
        gates[e.Gate] = new(e.Gate, e.Sha256, e.Subject, at, GateStanding.Open, null, null, (before?.Opened ?? 0) + 1)
        {
            Void = before is { Standing: GateStanding.Approved } ? before.Sha256 : before?.Void,
        };
    }

    private void Decide(RunEvent.GateDecided e) => gates[e.Gate] = gates[e.Gate] with
    {
        Standing = e.IsApproved ? GateStanding.Approved : GateStanding.Rejected,
        By = e.By,
        Because = e.Because,
    };
}
