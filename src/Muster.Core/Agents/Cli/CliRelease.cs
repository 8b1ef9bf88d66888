namespace Muster.Agents.Cli;

/// <summary>Where a CLI comes from.</summary>
/// <param name="Package">Its package on npm.</param>
/// <param name="Least">The oldest version that is known to take these flags and to write this stream.</param>
/// <param name="Tested">The version that the tests run against.</param>
internal sealed record CliRelease(string Package, Version Least, Version Tested);
