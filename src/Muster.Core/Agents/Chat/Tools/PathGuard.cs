using Microsoft.Win32.SafeHandles;
using Muster.Artefacts;
using Muster.Runs;

namespace Muster.Agents.Chat.Tools;

/// <summary>The one gate through which every path of a model goes: what it may read, and the one file that it may write.</summary>
/// <remarks>
/// A worker reads the audited tree as far as its task's scope goes, its input files and its own file; a coordinator its input files and its
/// own file. Opening goes through <see cref="BeneathFile"/>, so that no link, pipe or <c>..</c> leads anywhere else.
/// </remarks>
internal sealed class PathGuard
{
    private readonly AgentTask task;
    private readonly EvidenceScope scope;

    /// <summary>The gate of one attempt.</summary>
    public PathGuard(AgentTask task) => (this.task, scope) = (task, new(task.Spec?.Scope ?? []));

    /// <summary>Absolute path of the tree; null where none may be read.</summary>
    public string? Tree => task.Role is Role.Worker ? task.Root : null;

    /// <summary>The one file that may be written.</summary>
    public string Writable => task.OutputPath;

    /// <summary>Whether a path in the tree, relative to its root, is within the task's scope.</summary>
    public bool IsInScope(string relative) => scope.Holds(relative, isDirectory: false) && !IsGits(relative);

    /// <summary>Whether something beneath a directory of the tree can be in the task's scope.</summary>
    public bool ReachesInto(string directory) => scope.Holds(directory, isDirectory: true) && !IsGits(directory);

    /// <summary>Opens a file that may be read.</summary>
    /// <exception cref="ToolException">It may not, or it is none.</exception>
    public SafeFileHandle Open(string path)
    {
        var (directory, relative) = Place(path);
        var file = BeneathFile.TryOpen(directory, relative, mayBeHardLinked: directory == task.Root, out var refusal);
        return file ?? throw new ToolException($"{path} cannot be read: it {refusal}.");
    }

    /// <summary>A path in the tree, relative to its root with forward slashes; empty for the root itself.</summary>
    /// <exception cref="ToolException">It lies outside.</exception>
    public string InTree(string path)
    {
        RequireSane(path);
        var relative = Beneath(task.Root, path);
        return relative is null || Tree is null || relative.Split('/').Contains("..")
            ? throw new ToolException($"{path} is outside of {task.Root}. {Allowed}")
            : relative;
    }

    /// <summary>Makes sure that a path is the one file that may be written.</summary>
    /// <exception cref="ToolException">It is another.</exception>
    public void RequireWritable(string path)
    {
        RequireSane(path);
        if (path != Writable)
        {
            throw new ToolException($"{path} may not be written. The one file that you may write is {Writable}");
        }
    }

    private string Allowed => task.Role is Role.Worker
        ? $"You may read files under it{(task.Spec!.Scope.IsEmpty ? string.Empty : $" that match: {string.Join(", ", task.Spec.Scope)}")}."
        : "You may read the files of your list and no others.";

    private (string Directory, string Relative) Place(string path)
    {
        RequireSane(path);
        if (path == task.OutputPath || task.Inputs.Any(input => input.Path == path))
        {
            return (Path.GetDirectoryName(path)!, Path.GetFileName(path));
        }

        var relative = InTree(path);
        return IsInScope(relative) ? (task.Root, relative) : throw new ToolException($"{path} is not in the scope of your task. {Allowed}");
    }

    private static void RequireSane(string path)
    {
        if (path.Length is 0 or > 4_096 || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new ToolException("That is no path of a file.");
        }
    }

    /// <summary>Repositories' own files hold addresses with passwords in them, and nothing that a task asks for.</summary>
    private static bool IsGits(string relative) => relative == ".git" || relative.StartsWith(".git/", StringComparison.Ordinal);

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
