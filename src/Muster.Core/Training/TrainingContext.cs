using System.Collections.Immutable;
using Muster.Contracts;

namespace Muster.Training;

/// <summary>What pairs are checked against.</summary>
/// <param name="Root">Absolute path of the project: where sources lie. It is read through no link.</param>
/// <param name="Project">The project's name; it counts as one in answers.</param>
/// <param name="Modules">Names of its modules; likewise.</param>
/// <param name="Names">Other names that only this project has, e.g. of its types; may be empty.</param>
/// <param name="OpenConflicts">What nobody has decided yet.</param>
/// <param name="Today">Pairs that expire by then are refused.</param>
public sealed record TrainingContext(
    string Root, string Project, ImmutableArray<string> Modules, ImmutableArray<string> Names, ImmutableArray<OpenConflict> OpenConflicts, DateOnly Today)
{
    /// <summary>Of a blueprint.</summary>
    public static TrainingContext Of(string root, Blueprint blueprint, ImmutableArray<OpenConflict> openConflicts, DateOnly today) =>
        new(root, blueprint.Project, [.. blueprint.Modules.Select(m => m.Name)], [], openConflicts, today);
}
