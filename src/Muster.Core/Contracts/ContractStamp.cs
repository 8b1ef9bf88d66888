namespace Muster.Contracts;

/// <summary>Which text of a contract somebody worked against.</summary>
/// <param name="Path">Relative to the contracts, with <c>/</c>: <c>interfaces/auth.interface.md</c>. It is the contract's name everywhere.</param>
/// <param name="Version">From 1; see <see cref="ContractVersion"/>.</param>
/// <param name="Sha256">Of the file's bytes, lower-case hexadecimal.</param>
public sealed record ContractStamp(string Path, int Version, string Sha256);
