using Muster.Runs;

namespace Muster.Agents.Scripted;

/// <summary>Makes a scripted agent's changes. What belongs to git or the engine is not refused: a rehearsal may do wrong.</summary>
internal static class ScriptedChangesWriter
{
    /// <summary>Makes them all, as far as it goes.</summary>
    /// <returns>Why they could not be made; null when they were.</returns>
    public static AgentFailure? Make(AgentTask task, ScriptedChanges changes)
    {
        if (changes.NeedWorkspace && task.Workspace is null)
        {
            return new(FailureClass.Agent, $"the script changes files, and {task.Step} has no workspace");
        }

        try
        {
            foreach (var path in changes.Delete)
            {
                Delete(Place(task, changes, task.Workspace!, path));
            }

            foreach (var (name, target) in changes.Links)
            {
                var path = Place(task, changes, task.Workspace!, name);
                Delete(path);
                File.CreateSymbolicLink(path, ScriptedText.Fill(target, task));
            }

            foreach (var (path, text) in changes.Files)
            {
                Write(task, changes, task.Workspace!, path, text);
            }

            foreach (var (path, text) in changes.AttemptFiles)
            {
                Write(task, changes, task.Directory, path, text);
            }

            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(FailureClass.Agent, $"the script's change could not be made: {e.Message}");
        }
    }

    private static void Write(AgentTask task, ScriptedChanges changes, string directory, string relative, string text)
    {
        var path = Place(task, changes, directory, relative);
        if (!changes.IsHostile && new FileInfo(path).LinkTarget is not null)
        {
            File.Delete(path);
        }

        File.WriteAllText(path, ScriptedText.Fill(text, task));
        if (text.StartsWith("#!", StringComparison.Ordinal) && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }
    }

    /// <summary>The absolute path, with the directories above it made. Only a hostile script goes through a link that somebody left in the tree.</summary>
    private static string Place(AgentTask task, ScriptedChanges changes, string directory, string relative)
    {
        var path = Path.GetFullPath(ScriptedText.Fill(relative, task), directory);
        for (var above = Path.GetDirectoryName(path); !changes.IsHostile && above?.Length > directory.Length; above = Path.GetDirectoryName(above))
        {
            if (new DirectoryInfo(above).LinkTarget is not null)
            {
                throw new IOException($"{relative} goes through a link; that is for a script with 'hostile: true'");
            }
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }

    private static void Delete(string path)
    {
        if (new FileInfo(path).LinkTarget is null && Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
        else
        {
            File.Delete(path);
        }
    }
}
