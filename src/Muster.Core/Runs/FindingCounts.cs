namespace Muster.Runs;

/// <summary>How many findings there are. The first three count; ungrounded and suppressed ones are told apart and never among them.</summary>
/// <param name="Critical">Exploitable, or loses data, now.</param>
/// <param name="Major">Should block a release.</param>
/// <param name="Minor">Advice.</param>
/// <param name="Ungrounded">Findings whose evidence does not exist.</param>
/// <param name="Suppressed">Findings that a comment or the baseline keeps out.</param>
public readonly record struct FindingCounts(int Critical, int Major, int Minor, int Ungrounded = 0, int Suppressed = 0)
{
    /// <summary>Findings that count.</summary>
    public int Total => Critical + Major + Minor;

    /// <summary>The sum.</summary>
    public FindingCounts Plus(FindingCounts other) => new(
        Critical + other.Critical, Major + other.Major, Minor + other.Minor, Ungrounded + other.Ungrounded, Suppressed + other.Suppressed);

    /// <summary>Those that are not zero, worst first: "2 critical, 9 minor, 1 ungrounded"; "no findings" when all are.</summary>
    public override string ToString()
    {
        (int Count, string Word)[] parts =
            [(Critical, "critical"), (Major, "major"), (Minor, "minor"), (Ungrounded, "ungrounded"), (Suppressed, "suppressed")];
        var told = string.Join(", ", parts.Where(p => p.Count > 0).Select(p => $"{p.Count:N0} {p.Word}"));
        return told.Length == 0 ? "no findings" : told;
    }
}
