namespace Muster.Artefacts;

/// <summary>How much a finding matters; a higher value is worse.</summary>
public enum Severity : byte
{
    /// <summary>Advice.</summary>
    Minor = 1,

    /// <summary>Should block a release.</summary>
    Major = 2,

    /// <summary>Exploitable, or loses data, now.</summary>
    Critical = 3,
}
