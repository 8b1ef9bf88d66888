using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Muster.Git;

/// <summary>Notices what agents did to the repository itself: moved or deleted refs, another branch checked out, changed configuration or hooks, pruned commits.</summary>
public static class RefsGuard
{
    private const int LargestFile = 4 << 20;

    private static readonly string[] Watched =
        ["config", "config.worktree", "info/attributes", "info/exclude", "info/grafts", "objects/info/alternates", "shallow"];

    /// <summary>What moved between two looks and is not the engine's own doing.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="before">The first look.</param>
    /// <param name="after">The second look.</param>
    /// <param name="isExpected">Whether the engine, or an agent in its own worktree, may have moved a ref (its full name) or added and removed a worktree (its path).</param>
    /// <param name="cancellationToken">Ends git.</param>
    public static async Task<ImmutableArray<RefChange>> CompareAsync(
        GitRepository repository, RefsSnapshot before, RefsSnapshot after, Func<string, bool> isExpected, CancellationToken cancellationToken)
    {
        var changes = ImmutableArray.CreateBuilder<RefChange>();
        changes.AddRange(Moved("The ref", before.Refs, after.Refs, isExpected));
        changes.AddRange(Moved("What is checked out in", before.Heads, after.Heads, isExpected));
        changes.AddRange(Moved("Git's file", before.Files, after.Files, _ => false));
        changes.AddRange(await PrunedAsync(repository, before, after, cancellationToken));
        return changes.ToImmutable();
    }

    internal static async Task<RefsSnapshot> TakeAsync(GitRepository repository, CancellationToken cancellationToken)
    {
        var refs = await repository.Place.AskAsync(["for-each-ref", "--format=%(refname) %(objectname) %(symref)"], cancellationToken);
        return new(
            refs.Lines.Select(l => l.Split(' ')).ToImmutableSortedDictionary(l => l[0], l => l[2].Length > 0 ? "-> " + l[2] : l[1], StringComparer.Ordinal),
            HeadsOf(repository.CommonDirectory),
            HashesOf(repository.CommonDirectory));
    }

    /// <summary>Read without git, which looks at each worktree for each agent that begins and ends.</summary>
    private static ImmutableSortedDictionary<string, string> HeadsOf(string common) =>
        WorktreeFiles.All(common).Append((Directory: common, Path: common.EndsWith("/.git", StringComparison.Ordinal) ? common[..^"/.git".Length] : common))
            .DistinctBy(w => w.Path).ToImmutableSortedDictionary(w => w.Path, w => WorktreeFiles.HeadOf(w.Directory), StringComparer.Ordinal);

    private static ImmutableSortedDictionary<string, string> HashesOf(string common)
    {
        var hooks = Path.Combine(common, "hooks");
        var files = Watched
            .Select(f => Path.Combine(common, f)).Where(File.Exists)
            .Concat(Directory.Exists(hooks) ? Directory.EnumerateFiles(hooks) : []);
        return files.ToImmutableSortedDictionary(f => Path.GetRelativePath(common, f), HashOf, StringComparer.Ordinal);
    }

    private static string HashOf(string file)
    {
        var about = new FileInfo(file);
        return about.LinkTarget is { } target ? "-> " + target
            : about.Length == 0 ? "empty" // Or a pipe, on which reading would hang.
            : about.Length > LargestFile ? $"{about.Length} bytes"
            : Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))[..16];
    }

    private static IEnumerable<RefChange> Moved(
        string kind, ImmutableSortedDictionary<string, string> before, ImmutableSortedDictionary<string, string> after, Func<string, bool> isExpected) =>
        before.Keys.Union(after.Keys).Order(StringComparer.Ordinal)
            .Select(name => (Name: name, Was: before.GetValueOrDefault(name), Is: after.GetValueOrDefault(name)))
            .Where(c => c.Was != c.Is && !isExpected(c.Name))
            .Select(c => new RefChange(c.Name, c.Was, c.Is, $"{kind} {Printable.Of(c.Name)} {Did(c.Was, c.Is)}, and the engine did not do that."));

    private static string Did(string? was, string? now) =>
        was is null ? $"is new ({Printable.Of(now!)})" : now is null ? $"is gone (it was {Printable.Of(was)})" : $"changed from {Printable.Of(was)} to {Printable.Of(now)}";

    /// <summary>A ref that was moved away and then pruned takes the commits with it.</summary>
    private static async Task<IEnumerable<RefChange>> PrunedAsync(GitRepository repository, RefsSnapshot before, RefsSnapshot after, CancellationToken cancellationToken)
    {
        var objects = before.Refs.Where(r => r.Value[0] != '-' && after.Refs.GetValueOrDefault(r.Key) != r.Value).Select(r => r.Value).Distinct().ToList();
        if (objects.Count == 0)
        {
            return [];
        }

        var checkedNow = await repository.Place.AskAsync(["cat-file", "--batch-check"], string.Join('\n', objects) + "\n", cancellationToken);
        return checkedNow.Lines.Where(l => l.EndsWith(" missing", StringComparison.Ordinal)).Select(l => l.Split(' ')[0])
            .Select(o => new RefChange(o, o, After: null, $"Commit {o} is no longer in the repository."));
    }
}
