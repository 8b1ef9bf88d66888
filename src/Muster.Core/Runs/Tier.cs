namespace Muster.Runs;

/// <summary>A class of model; every provider maps it to a real one.</summary>
public enum Tier : byte
{
    /// <summary>Search and look-up; 2 capacity units, 12 at once.</summary>
    Haiku,

    /// <summary>Analysis and coordination; 3 capacity units, 8 at once.</summary>
    Sonnet,

    /// <summary>Security, architecture, code; 6 capacity units, 4 at once. Also what an unmapped model's own name costs.</summary>
    Opus,
}
