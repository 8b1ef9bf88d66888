namespace Muster.Journal;

/// <summary>What became of an append.</summary>
public enum AppendOutcome
{
    /// <summary>The entries are durable.</summary>
    Appended,

    /// <summary>Somebody else wrote first or claimed a newer epoch; nothing was written.</summary>
    Refused,

    /// <summary>The storage failed in a way that leaves it open whether the entries are there.</summary>
    Unknown,

    /// <summary>The disk is full or read-only; nothing was written, and the same append can be tried again.</summary>
    NoSpace,

    /// <summary>Another program holds the file; nothing was written, and the same append can be tried again.</summary>
    Busy,
}
