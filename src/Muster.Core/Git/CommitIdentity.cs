namespace Muster.Git;

/// <summary>Whose name stands on the engine's own commits: the same on every machine, and nobody's.</summary>
internal static class CommitIdentity
{
    public const string Name = "Muster";

    public const string Email = "muster@localhost";
}
