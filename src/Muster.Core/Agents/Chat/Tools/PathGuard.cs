using Microsoft.Win32.SafeHandles;
using Muster.Artefacts;
using Muster.Runs;

namespace Muster.Agents.Chat.Tools;

/// <summary>The one gate through which every path of a model goes: what it may read, and what it may write.</summary>
/// <remarks>
/// An agent reads the tree as far as its task's scope goes, its workspace, its input files and what it may write; a coordinator its input files
/// and its own file. It writes its own file, what its role proposes, and in its workspace all that is not protected. Opening and
/// replacing go through <see cref="BeneathFile"/>, so that no link, pipe or <c>..</c> leads anywhere else.
/// </remarks>
internal sealed class PathGuard
{
    private readonly AgentTask task;
    private readonly EvidenceScope scope;

    /// <summary>The gate of one attempt.</summary>
    public PathGuard(AgentTask task) => (this.task, scope) = (task, new(task.Spec?.Scope ?? []));

    /// <summary>Where relative paths begin and searches look unless told otherwise; null where there is nothing to search.</summary>
    public string? Home => task.Role is Role.Coordinator ? null : task.WorkingDirectory;

    /// <summary>Whether anything but the attempt's output may be written.</summary>
    public bool WritesMore => Proposals.OrWorkspaceOf(task);

    /// <summary>Whether a path is in the workspace, which changes while the agent works.</summary>
    public bool IsWorkspace(GuardedPath path) => path.Directory == task.Workspace;

    /// <summary>Whether a file, or something beneath a directory, may be looked at.</summary>
    public bool Holds(GuardedPath path, bool isDirectory) =>
        !IsGits(path.Relative) && (IsWorkspace(path) || scope.Holds(path.Relative, isDirectory));

    /// <summary>Opens a file that may be read.</summary>
    /// <exception cref="ToolException">It may not, or it is none.</exception>
    public SafeFileHandle Open(string path)
    {
        var place = Readable(path);
        var isOurs = place.Directory != task.Root && place.Directory != task.Workspace;
        var file = BeneathFile.TryOpen(place.Directory, place.Relative, mayBeHardLinked: !isOurs, out var refusal);
        return file ?? throw new ToolException($"{path} cannot be read: it {refusal}.");
    }

    /// <summary>A path in the workspace or the tree, in scope or not; for null, <see cref="Home"/>.</summary>
    /// <exception cref="ToolException">It lies outside of both.</exception>
    public GuardedPath InTrees(string? path)
    {
        if (Home is not { } home)
        {
            throw new ToolException($"{path ?? "The tree"} is not yours to look at. {Allowed}");
        }

        if (path is null)
        {
            return new(home, string.Empty);
        }

        RequireSane(path);
        return InWorkspace(path) ?? (Beneath(task.Root, path) is { } relative && !LeadsUp(relative)
            ? new(task.Root, relative)
            : throw new ToolException($"{path} is outside of {(task.Workspace is null ? string.Empty : $"{task.Workspace} and ")}{task.Root}. {Allowed}"));
    }

    /// <summary>The place of a file that may be written.</summary>
    /// <exception cref="ToolException">It may not.</exception>
    public GuardedPath Writable(string path)
    {
        RequireSane(path);
        if (path == task.OutputPath || Proposal(path) is not null)
        {
            return Proposal(path) ?? Exactly(path);
        }

        if (InWorkspace(path) is not { Relative.Length: > 0 } place)
        {
            throw new ToolException($"{path} may not be written. {MayWrite}");
        }

        return ProtectedPaths.Hold(place.Relative)
            ? throw new ToolException($"{path} may not be written: git's records and .orchestration/ are the engine's.")
            : place;
    }

    /// <summary>Puts a file in its place. The attempt's own output replaces whatever stands there; elsewhere only a regular file is replaced.</summary>
    /// <exception cref="ToolException">Something else stands there, or on the way.</exception>
    public void Replace(GuardedPath place, byte[] content)
    {
        if (place.Full == task.OutputPath)
        {
            OwnFile.Replace(task.OutputPath, content);
        }
        else if (!BeneathFile.TryReplace(place.Directory, place.Relative, content, out var refusal))
        {
            throw new ToolException($"{place.Full} cannot be written: it {refusal}.");
        }
    }

    private string Allowed => task.Role is Role.Coordinator
        ? "You may read the files of your list and no others."
        : $"You may read files under {(task.Workspace is null ? "it" : "them")}{(task.Spec is not { Scope.IsEmpty: false } ? string.Empty : $"; under {task.Root} those that match: {string.Join(", ", task.Spec.Scope)}")}.";

    private string MayWrite => !WritesMore
        ? $"The one file that you may write is {task.OutputPath}"
        : $"You may write {task.OutputPath}{(task.Workspace is null ? string.Empty : $", files under {task.Workspace}")}{(Proposals.MayBeMadeBy(task.Role) ? $", and in {task.Directory}: {string.Join(", ", Proposals.Names)}" : string.Empty)}";

    private GuardedPath Readable(string path)
    {
        RequireSane(path);
        if (path == task.OutputPath || task.Inputs.Any(input => input.Path == path))
        {
            return Exactly(path);
        }

        var place = Proposal(path) ?? InTrees(path);
        return place.Directory == task.Directory || Holds(place, isDirectory: false)
            ? place
            : throw new ToolException($"{path} is not in the scope of your task. {Allowed}");
    }

    private GuardedPath? Proposal(string path) =>
        Proposals.MayBeMadeBy(task.Role) && Path.IsPathRooted(path) && Beneath(task.Directory, path) is { } own && !LeadsUp(own) && Proposals.Hold(own)
            ? new(task.Directory, own)
            : null;

    /// <summary>A relative path begins where the agent works, which a place for proposals is not.</summary>
    private GuardedPath? InWorkspace(string path) =>
        task.Workspace is { } workspace && (Path.IsPathRooted(path) || task.Worktree is not null) && Beneath(workspace, path) is { } relative && !LeadsUp(relative) ? new(workspace, relative) : null;

    private static GuardedPath Exactly(string path) => new(Path.GetDirectoryName(path)!, Path.GetFileName(path));

    private static void RequireSane(string path)
    {
        if (path.Length is 0 or > 4_096 || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new ToolException("That is no path of a file.");
        }
    }

    /// <summary>Repositories' own files hold addresses with passwords in them, and nothing that a task asks for.</summary>
    private static bool IsGits(string relative) => relative == ".git" || relative.StartsWith(".git/", StringComparison.Ordinal);

    private static bool LeadsUp(string relative) => relative.Split('/').Contains("..");

    private static string? Beneath(string root, string path)
    {
        if (Path.IsPathRooted(path))
        {
            if (path == root)
            {
                return string.Empty;
            }

            var prefix = Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar;
            if (!path.StartsWith(prefix, StringComparison.Ordinal))
            {
                return null;
            }

            path = path[prefix.Length..];
        }

        path = OperatingSystem.IsWindows() ? path.Replace('\\', '/') : path;
        return string.Join('/', path.Split('/').Where(part => part is not ("" or ".")));
    }
}
