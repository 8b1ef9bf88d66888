using Muster.Agents.Keeping;
using Muster.Models;
using Muster.Settings;

namespace Muster.Diagnosis;

/// <summary>Looks which agents that use models this machine has: programs by their version, keys by whether their variable is set.</summary>
/// <remarks>No login is looked at and no key is read: that costs nothing and tells nothing. A probe finds out whether it works.</remarks>
public sealed class AgentDiagnosis
{
    private readonly UserSettings settings;
    private readonly Func<string, string?> variable;
    private readonly TimeSpan limit;

    /// <param name="settings">The person's.</param>
    /// <param name="variable">Reads an environment variable; null where it is not set.</param>
    /// <param name="limit">For a program that tells its version; null: 15 seconds, since one of them takes 5.</param>
    public AgentDiagnosis(UserSettings settings, Func<string, string?> variable, TimeSpan? limit = null) =>
        (this.settings, this.variable, this.limit) = (settings, variable, limit ?? TimeSpan.FromSeconds(15));

    /// <summary>A finding for each agent, by name.</summary>
    public async Task<IReadOnlyList<MachineFinding>> LookAsync(CancellationToken cancellationToken)
    {
        var home = Directory.CreateTempSubdirectory("muster-doctor-").FullName;
        try
        {
            return await Task.WhenAll(ModelCatalog.BuiltIn.Agents.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => LookAsync(a.Key, a.Value, home, cancellationToken)));
        }
        finally
        {
            Remove(home);
        }
    }

    /// <summary>The first of these agents that cannot work here at all, its program or key being absent; null where none is. Nothing is started.</summary>
    /// <param name="agents">Names; of agents that use no model nothing is needed.</param>
    public MachineFinding? FirstAbsent(IEnumerable<string> agents) => agents
        .Where(ModelCatalog.BuiltIn.Agents.ContainsKey)
        .Select(name => settings.For(name) is { Program: { } program } ? Missing(name, program) : Chat(name, settings.For(name)))
        .FirstOrDefault(finding => finding?.Standing is MachineStanding.Absent);

    private MachineFinding? Missing(string name, string program) => ProgramSearch.OnPath(program, variable("PATH")) is null
        ? new(
            name, MachineStanding.Absent, $"'{program}' is not {(program.Contains('/') ? "there" : "on PATH")}",
            $"{(ModelCatalog.BuiltIn.Agents[name].Get is { } get ? $"Get it with '{get}', or name" : "Name")} its path under 'agents: {name}: program:' in muster.yaml.")
        : null;

    private async Task<MachineFinding> LookAsync(string name, KnownAgent known, string home, CancellationToken cancellationToken)
    {
        var own = settings.For(name);
        if (own.Program is not { } program)
        {
            return Chat(name, own);
        }

        if (Missing(name, program) is { } missing)
        {
            return missing;
        }

        var path = ProgramSearch.OnPath(program, variable("PATH"))!;
        var (code, output) = await ShortProgram.RunAsync(path, ["--version"], limit, Directory.CreateDirectory(Path.Combine(home, name)).FullName, cancellationToken);
        var line = ShortProgram.FirstLine(output);
        return code == 0
            ? new(name, MachineStanding.Good, $"{line}, {path}; {KeyWords(own, "; else it needs a login of its own, which is not looked at")}")
            : new(
                name, MachineStanding.Weak, $"{path} does not tell its version: {(code is { } exit ? $"exit code {exit}, {line}" : line)}",
                $"Run '{path} --version' yourself; {(known.Get is { } again ? $"'{again}' installs it anew" : "install it anew")}.");
    }

    private MachineFinding Chat(string name, AgentSettings own)
    {
        var where = own.BaseUrl is { } url ? $"at {url.Host}, " : string.Empty;
        return own.KeyVariable is null || IsSet(own.KeyVariable) || own.BaseUrl is not null
            ? new(name, MachineStanding.Good, where + KeyWords(own, "; an interface of your own may need none"))
            : new(
                name, MachineStanding.Absent, $"there is no key in {own.KeyVariable}",
                $"Put a key of the provider into the variable {own.KeyVariable}, or name another variable under 'agents: {name}: key:' in muster.yaml.");
    }

    private string KeyWords(AgentSettings own, string otherwise) =>
        own.KeyVariable is not { } key ? "no key is needed" : IsSet(key) ? $"a key is in {key}" : $"there is no key in {key}{otherwise}";

    private bool IsSet(string name) => variable(name) is { Length: > 0 };

    private static void Remove(string home)
    {
        try
        {
            Directory.Delete(home, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A program that still writes there: an empty home in the temporary directory is all that stays.
        }
    }
}
