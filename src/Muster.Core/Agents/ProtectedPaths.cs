using System.Collections.Immutable;
using System.Text;
using Muster.Artefacts;

namespace Muster.Agents;

/// <summary>What of a workspace its agent may not write, though the workspace is its own: git's records, and what the engine publishes.</summary>
internal static class ProtectedPaths
{
    private const string Git = ".git", Published = ".orchestration";
    private const int MostBytes = 16_384;

    /// <summary>Whether a path in a workspace, relative with forward slashes, may not be written.</summary>
    public static bool Hold(string relative)
    {
        var parts = relative.Split('/', '\\');
        return parts.Any(part => Is(part, Git) || Is(part, "git~1")) || Is(parts[0], Published);
    }

    /// <summary>The paths of an attempt's worktree, where it has one.</summary>
    public static ImmutableArray<string> Of(AgentTask task) => task.Worktree is { } worktree ? In(worktree) : [];

    /// <summary>
    /// The absolute paths that a sandbox must show read-only where it shows the workspace writable. What is not there is made, since what is
    /// missing could be made by the agent.
    /// </summary>
    /// <param name="workspace">Absolute path.</param>
    /// <exception cref="WorkspaceException">A link stands in the place of one of them.</exception>
    public static ImmutableArray<string> In(string workspace)
    {
        var paths = ImmutableArray.CreateBuilder<string>();
        foreach (var path in (ReadOnlySpan<string>)[Path.Combine(workspace, Git), Path.Combine(workspace, Published)])
        {
            if (new FileInfo(path).LinkTarget is not null)
            {
                throw WorkspaceException.Link(path);
            }

            if (!File.Exists(path))
            {
                Directory.CreateDirectory(path); // Empty, it is nothing to git.
            }

            paths.Add(path);
        }

        return RepositoryOf(workspace) is { } repository ? [.. paths, repository] : paths.ToImmutable();
    }

    /// <summary>The git directory of the repository that a worktree belongs to; null where the workspace is none, or only says so.</summary>
    /// <param name="workspace">Absolute path.</param>
    public static string? RepositoryOf(string workspace)
    {
        const string Pointer = "gitdir: ";
        if (Line(workspace, Git) is not { } line || !line.StartsWith(Pointer, StringComparison.Ordinal))
        {
            return null;
        }

        var own = Path.GetFullPath(line[Pointer.Length..], workspace);
        var worktrees = Path.GetDirectoryName(own);
        return Path.GetFileName(worktrees) == "worktrees" && Line(own, "gitdir") == Path.Combine(workspace, Git)
            ? Path.GetDirectoryName(worktrees)
            : null; // Only a repository that knows of the worktree is its own: an agent may have written the pointer.
    }

    /// <summary>Systems that do not tell case apart, or drop what stands last, take these for the same name.</summary>
    private static bool Is(string part, string name) => part.TrimEnd('.', ' ').Equals(name, StringComparison.OrdinalIgnoreCase);

    private static string? Line(string directory, string name)
    {
        using var file = BeneathFile.TryOpen(directory, name, mayBeHardLinked: false, out _);
        if (file is null || RandomAccess.GetLength(file) > MostBytes)
        {
            return null;
        }

        var bytes = new byte[MostBytes];
        return Encoding.UTF8.GetString(bytes, 0, RandomAccess.Read(file, bytes, 0)).TrimEnd('\n');
    }
}
