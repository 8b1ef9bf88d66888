namespace Muster.Contracts;

/// <summary>Which text of a contract somebody worked against.</summary>
/// <param name="Path">Relative to the contracts, with <c>/</c>: <c>interfaces/auth.interface.md</c>. It is the contract's name everywhere.</param>
/// <param name="Version">From 1; see <see cref="ContractVersion"/>.</param>
/// <param name="Sha256">Of the file's bytes, lower-case hexadecimal.</param>
public sealed record ContractStamp(string Path, int Version, string Sha256)
{
    /// <summary>Names of the modules that a decision affects, with commas; null where it names none, and for every other contract.</summary>
    public string? Affects { get; init; }

    /// <summary>Whether it is a decision that affects this module.</summary>
    public bool Concerns(string module) => Affects?.Split(',').Contains(module, StringComparer.Ordinal) is true;
}
