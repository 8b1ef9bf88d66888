using System.Text;
using Muster.Plans;

namespace Muster.Settings;

/// <summary>Finds and reads a person's settings: <c>muster/muster.yaml</c> in their configuration directory.</summary>
public static class SettingsFile
{
    /// <summary>The file's name, in the configuration directory and in a tree.</summary>
    public const string Name = "muster.yaml";

    private const long MaxBytes = 1 << 20;

    /// <summary>The directory of a person's configuration: <c>$XDG_CONFIG_HOME/muster</c>, else <c>~/.config/muster</c>.</summary>
    /// <param name="variable">Reads an environment variable; null where it is not set.</param>
    public static string DirectoryOf(Func<string, string?> variable) =>
        variable("XDG_CONFIG_HOME") is { Length: > 0 } configured && Path.IsPathRooted(configured) // The XDG specification: a relative one is ignored.
            ? Path.Combine(configured, "muster")
            : Path.Combine(
                variable("HOME") is { Length: > 0 } home ? home : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config", "muster");

    /// <summary>Reads the settings of a configuration directory; where there is no file, the defaults.</summary>
    /// <param name="directory">See <see cref="DirectoryOf"/>.</param>
    /// <exception cref="SettingsException">The file says something that settings cannot; line and column are named.</exception>
    public static UserSettings Load(string directory)
    {
        var path = Path.Combine(directory, Name);
        if (!Path.Exists(path))
        {
            return UserSettings.Default;
        }

        var problems = new ProblemList(path);
        return Text(path, problems) is { } text && Parse(text, problems) is { } settings && !problems.HasErrors
            ? settings
            : throw SettingsException.Refused(path, problems.ToSorted());
    }

    /// <summary>Reads settings' text.</summary>
    internal static UserSettings? Parse(string text, ProblemList problems) =>
        PlanTree.Read(text, problems, "file of settings") is { } tree ? new SettingsReader(problems).Read(tree)
        : problems.HasErrors ? null
        : UserSettings.Default;

    private static string? Text(string path, ProblemList problems)
    {
        try
        {
            if (UserFile.WhyNot(path) is { } why)
            {
                problems.Error(0, 0, $"The settings cannot be read: it {why}.", "Put a YAML file there, or take it away.");
            }
            else if (new FileInfo(path) is { Length: > MaxBytes } file)
            {
                problems.Error(0, 0, $"The settings have {file.Length:N0} bytes; at most {MaxBytes:N0} are read.", "Keep what is needed.");
            }
            else if (File.ReadAllBytes(path) is var bytes && Utf8Fault.Find(new MemoryStream(bytes)) is { } fault)
            {
                problems.Error(fault.Line, fault.Column, "The settings are not UTF-8 from here on.", "Save them as UTF-8 text.");
            }
            else
            {
                return Encoding.UTF8.GetString(bytes);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Error(0, 0, $"The settings cannot be read: {e.Message}", "Make them a file that you may read.");
        }

        return null;
    }
}
