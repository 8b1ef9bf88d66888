using System.Collections.Immutable;
using Muster.Contracts;

namespace Muster.Training;

/// <summary>A builder's conflict with a contract that nobody has decided yet: what it touches may soon be false.</summary>
/// <param name="Module">The module whose builder told of it.</param>
/// <param name="Paths">Files that say so or are disputed, relative to the project's root; no pair may rest on one.</param>
public sealed record OpenConflict(string Module, ImmutableArray<string> Paths)
{
    private const string Directory = ".orchestration/conflicts";

    /// <summary>The conflicts that lie in a project as <c>.orchestration/conflicts/MODULE-ISSUE.md</c> and that no decision names.</summary>
    /// <param name="root">Absolute path of the project.</param>
    /// <param name="contracts">Its contracts.</param>
    public static ImmutableArray<OpenConflict> In(string root, ContractSet contracts)
    {
        var at = new DirectoryInfo(Path.Combine(root, Directory));
        return !at.Exists ? []
            :
            [
                .. at.EnumerateFiles("*.md").Select(f => f.Name).Order(StringComparer.Ordinal)
                    .Where(name => !contracts.Decisions.Any(d => contracts.Find(d.Path)!.Text.Contains(name, StringComparison.Ordinal)))
                    .Select(name => new OpenConflict(ModuleOf(name, contracts), [$"{Directory}/{name}"])),
            ];
    }

    /// <summary>The longest name of a module that the file's begins with.</summary>
    private static string ModuleOf(string file, ContractSet contracts) => contracts.Blueprint?.Modules.Select(m => m.Name)
        .Where(name => file.StartsWith(name + "-", StringComparison.Ordinal) || file == name + ".md").MaxBy(name => name.Length) ?? string.Empty;
}
