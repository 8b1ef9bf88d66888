using System.Collections.Immutable;

namespace Muster.Git;

/// <summary>What a branch may change. Pure.</summary>
public static class DiffRules
{
    /// <summary>Everything that the change breaks, a full sentence each; none when it may be merged.</summary>
    /// <param name="diff">What the branch changed.</param>
    /// <param name="allowed">Directories and files it may change, relative to the top, with slashes; <c>.</c> is the whole tree.</param>
    /// <param name="forbidden">Directories and files it may not change even there, such as <c>.orchestration</c>.</param>
    public static ImmutableArray<string> Check(BranchDiff diff, IReadOnlyList<string> allowed, IReadOnlyList<string> forbidden)
    {
        if (diff.Count == 0)
        {
            return ["Nothing was changed."];
        }

        var broken = ImmutableArray.CreateBuilder<string>();
        if (diff.Count > diff.Paths.Length)
        {
            broken.Add($"{diff.Count} paths were changed, more than the {BranchDiff.MostPaths} that can be checked.");
        }

        foreach (var path in diff.Paths)
        {
            broken.AddRange(BrokenBy(path, allowed, forbidden));
        }

        return broken.ToImmutable();
    }

    private static IEnumerable<string> BrokenBy(ChangedPath change, IReadOnlyList<string> allowed, IReadOnlyList<string> forbidden)
    {
        var (path, shown) = (change.Path, Printable.Of(change.Path));
        if (path.Contains('\uFFFD', StringComparison.Ordinal))
        {
            yield return $"The name {shown} is no valid UTF-8.";
        }

        if (GitNames.IsInternal(path))
        {
            yield return $"{shown} belongs to git itself.";
        }
        else if (forbidden.FirstOrDefault(f => IsWithin(path, f, StringComparison.OrdinalIgnoreCase)) is { } wall)
        {
            yield return $"{shown} lies in {Printable.Of(wall)}, which may not be changed.";
        }
        else if (!allowed.Any(a => IsWithin(path, a, StringComparison.Ordinal)))
        {
            yield return $"{shown} is outside the paths that may be changed ({Printable.Some(allowed)}).";
        }

        if (change.IsSubmodule)
        {
            yield return $"{shown} is a commit of another repository.";
        }

        if (change.IsLink && GitNames.LeadsOut(path, change.Content))
        {
            yield return $"{shown} is a link to {Printable.Of(change.Content ?? "something that cannot be read")}, which leads out of the tree or cannot be followed safely.";
        }

        if (!change.IsLink && change.Content is { } attributes)
        {
            foreach (var (attribute, driver) in AttributeLines.ProgramsIn(attributes).Distinct())
            {
                yield return $"{shown} sets {attribute}={Printable.Of(driver)}, behind which a program can stand.";
            }
        }
    }

    private static bool IsWithin(string path, string directory, StringComparison comparison)
    {
        var wall = directory.Trim('/');
        return wall is "." or "" || path.Equals(wall, comparison)
            || (path.Length > wall.Length && path[wall.Length] == '/' && path.StartsWith(wall, comparison));
    }
}
