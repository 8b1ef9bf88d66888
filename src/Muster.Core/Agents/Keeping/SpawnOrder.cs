using System.Collections.Immutable;

namespace Muster.Agents.Keeping;

/// <summary>What to start, and what it gets.</summary>
/// <param name="Program">Path of the program.</param>
/// <param name="Arguments">All of argv, the name first.</param>
/// <param name="Environment">NAME=value each; nothing else is inherited.</param>
/// <param name="Directory">Where it works.</param>
/// <param name="Input">File that is its standard input.</param>
/// <param name="Output">File that its standard output is appended to.</param>
/// <param name="Errors">File that its standard error is appended to.</param>
/// <param name="Close">Descriptors that it must not inherit, beyond those that close by themselves.</param>
internal sealed record SpawnOrder(
    string Program, ImmutableArray<string> Arguments, ImmutableArray<string> Environment, string Directory,
    string Input, string Output, string Errors, ImmutableArray<int> Close);
