using System.Collections.Immutable;

namespace Muster.Git;

/// <summary>How two commits would merge; nothing was changed by asking.</summary>
/// <param name="IsClean">They go together.</param>
/// <param name="Tree">The tree that would result; where there are conflicts their files hold git's marks, and <see cref="GitRepository.ReadFileAsync"/> reads them.</param>
/// <param name="Conflicts">Where they do not go together; none when they do.</param>
/// <param name="Paths">The conflicted paths.</param>
public sealed record MergeProbe(bool IsClean, string Tree, ImmutableArray<MergeConflict> Conflicts, ImmutableArray<string> Paths)
{
    /// <summary>Reads what <c>git merge-tree -z --name-only --messages</c> prints: tree, conflicted paths, an empty field, then count, paths, kind and words of each message.</summary>
    internal static MergeProbe Read(GitOutcome outcome)
    {
        var fields = outcome.Text.Split('\0');
        var at = 1;
        var paths = fields.Skip(1).TakeWhile(f => f.Length > 0).ToList();
        at += paths.Count + 1;
        var conflicts = ImmutableArray.CreateBuilder<MergeConflict>();
        while (outcome.ExitCode == 1 && at < fields.Length && int.TryParse(fields[at], out var count) && at + count + 2 < fields.Length)
        {
            var (kind, words) = (fields[at + count + 1], fields[at + count + 2].TrimEnd('\n'));
            if (kind != "Auto-merging")
            {
                conflicts.Add(new(count > 0 ? fields[at + 1] : string.Empty, Printable.Of(kind), Printable.Of(words)));
            }

            at += count + 3;
        }

        return new(outcome.ExitCode == 0, fields[0], conflicts.ToImmutable(), [.. paths]);
    }
}
