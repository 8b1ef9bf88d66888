using System.Collections.Immutable;
using Muster.Artefacts;
using Muster.Diagnosis;
using Muster.Prompts;
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

    /// <summary>What the user approved in trees.</summary>
    public static ApprovedFiles Approved => ApprovedFiles.Load(Directory);

    /// <summary>Their settings for a run over a tree: with the tree's own muster.yaml if they approved it, and a word where it is ignored.</summary>
    public static UserSettings SettingsFor(string root)
    {
        var path = Path.Combine(root, SettingsFile.Name);
        if (!Path.Exists(path))
        {
            return Settings;
        }

        TreeFile? file;
        try
        {
            file = Approved.Look(path);
        }
        catch (SettingsException e) when (e.IsOfTree)
        {
            Ignore($"{path} is ignored: {e.Message}"); // Whatever lies there must not keep the tree from being audited.
            return Settings;
        }

        if (file?.Standing is ApprovalStanding.Approved)
        {
            return Settings.With(TreeSettings.Parse(file));
        }

        Ignore(file?.Standing is ApprovalStanding.Changed
            ? $"{path} is ignored: it has changed since you approved it. See what it would change now with 'muster trust {root}'."
            : $"{path} is ignored: what a tree says about its own audit is not trusted. See what it would change, and approve it, with 'muster trust {root}'.");
        return Settings;
    }

    /// <summary>Makes sure that agents can work here at all, so that it is not found out by attempts, each for itself.</summary>
    /// <exception cref="CliException">One cannot.</exception>
    public static void RequireAgents(IEnumerable<string> agents)
    {
        if (new AgentDiagnosis(Settings, Environment.GetEnvironmentVariable).FirstAbsent(agents.Distinct(StringComparer.Ordinal)) is { } absent)
        {
            throw CliException.AgentIsAbsent(absent.Name, absent.Detail, absent.Advice!);
        }
    }

    /// <summary>The prompt templates for a run over a tree: with those of the tree that the user approved, and a word where one is ignored.</summary>
    /// <param name="root">The tree.</param>
    /// <param name="roles">The run's; those of a plan where nothing is said.</param>
    /// <exception cref="PromptException">An approved one does not fit.</exception>
    public static RunPrompts PromptsFor(string root, ImmutableArray<(string Role, string Template)>? roles = null) =>
        RunPrompts.Of(root, Approved, roles ?? RunPrompts.PlanRoles, Ignore);

    private static void Ignore(string notice) => Console.Error.WriteLine(DisplayText.Clean(notice));
}
