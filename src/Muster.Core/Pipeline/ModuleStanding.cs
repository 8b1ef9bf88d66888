namespace Muster.Pipeline;

/// <summary>Where a module stands.</summary>
/// <param name="Round">Its builder's latest round; 0 before the first.</param>
/// <param name="Commit">Head of its branch, once it has passed; null before, or where it is left out.</param>
/// <param name="IsLeftOut">Whether the project goes on without it.</param>
/// <param name="Doing">What happens to it, a few words.</param>
public sealed record ModuleStanding(int Round, string? Commit, bool IsLeftOut, string Doing)
{
    /// <summary>Whether the assembly need not wait for it.</summary>
    public bool IsSettled => IsLeftOut || Commit is not null;
}
