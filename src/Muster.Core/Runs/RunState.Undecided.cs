namespace Muster.Runs;

/// <content>Attempts that began, may have been paid for, and of which nobody can find out what became of them.</content>
public sealed partial class RunState
{
    private readonly HashSet<(int Step, int Attempt)> undecided = [];

    /// <summary>Those attempts, since the run was last let go on. They are live and hold their reserves; nothing works on them.</summary>
    public IReadOnlyCollection<(int Step, int Attempt)> Undecided => undecided;

    /// <summary>Attempts that something works on.</summary>
    public int AtWork => live.Count - undecided.Count;

    /// <summary>Those of them that wait in a provider's batches.</summary>
    public int BatchedAtWork { get; private set; }

    /// <summary>Capacity that an attempt at the step takes. One that waits in a provider's batch takes none.</summary>
    public int UnitsOf(int step) => IsBatched(step) ? 0 : Table[step].Units;

    private bool IsBatched(int step) => BatchedAgent.Is(Table.Agents[Table[step].Agent]);

    private void LeaveUndecided(RunEvent.AttemptUndecided e)
    {
        var key = (Table.IndexOf(e.Step), e.Attempt);
        reasons[key.Item1] = Short(e.Reason);
        if (undecided.Add(key))
        {
            UnitsInUse -= live[key].Units;
            live[key] = live[key] with { Units = 0 };
            BatchedAtWork -= IsBatched(key.Item1) ? 1 : 0;
        }
    }

    /// <summary>The run is let go on: they are looked at again.</summary>
    private void LookAgain()
    {
        foreach (var key in undecided)
        {
            live[key] = live[key] with { Units = UnitsOf(key.Step) };
            UnitsInUse += live[key].Units;
            BatchedAtWork += IsBatched(key.Step) ? 1 : 0;
        }

        undecided.Clear();
    }
}
