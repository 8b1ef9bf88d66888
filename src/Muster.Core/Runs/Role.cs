namespace Muster.Runs;

/// <summary>What an agent is asked to be in one step.</summary>
public enum Role : byte
{
    /// <summary>Does one narrow task and writes one file.</summary>
    Worker,

    /// <summary>Reads at most 8 files by explicit list and writes one synthesis.</summary>
    Coordinator,
}
