using System.Collections.Immutable;

namespace Muster.Contracts;

/// <summary>A part of the project that one builder makes.</summary>
/// <param name="Name">By the rule of <see cref="ModuleName"/>: safe as a file's name, a branch's and an argument.</param>
/// <param name="Description">What it is for; cleaned of control characters, at most 2,000 characters.</param>
/// <param name="DependsOn">Names of other modules, each once; there is no cycle.</param>
/// <param name="Interface">Path of its interface relative to the contracts: <c>interfaces/NAME.interface.md</c>.</param>
/// <param name="BuilderModel">A tier: haiku, sonnet or opus.</param>
/// <param name="EstimatedComplexity">low, medium or high.</param>
/// <param name="TestCommand">A program and its arguments; empty where the contracts name none. Never given to a shell.</param>
/// <param name="Paths">
/// What it may change, relative to the project's root with <c>/</c> between the parts: a directory ends in <c>/</c>, anything else is a file.
/// No path of one module covers a path of another.
/// </param>
public sealed record Module(
    string Name,
    string Description,
    ImmutableArray<string> DependsOn,
    string Interface,
    string BuilderModel,
    string EstimatedComplexity,
    ImmutableArray<string> TestCommand,
    ImmutableArray<string> Paths)
{
    /// <summary>Whether a file belongs to it.</summary>
    /// <param name="file">Relative to the project's root, as git names it.</param>
    public bool Owns(string file) => Paths.Any(path => path.EndsWith('/') ? file.StartsWith(path, StringComparison.Ordinal) : file == path);
}
