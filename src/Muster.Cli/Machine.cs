using Muster.Settings;

namespace Muster.Cli;

/// <summary>What this machine's user has set.</summary>
internal static class Machine
{
    private static readonly Lazy<UserSettings> Loaded = new(static () => SettingsFile.Load(Directory));

    /// <summary>The user's directory of configuration.</summary>
    public static string Directory => SettingsFile.DirectoryOf(Environment.GetEnvironmentVariable);

    /// <summary>Their settings; read once, when they are first asked for.</summary>
    /// <exception cref="SettingsException">The file says something that settings cannot.</exception>
    public static UserSettings Settings => Loaded.Value;
}
