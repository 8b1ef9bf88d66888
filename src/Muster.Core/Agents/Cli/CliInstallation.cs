using System.Text.Json;
using System.Text.RegularExpressions;
using Muster.Agents.Keeping;

namespace Muster.Agents.Cli;

/// <summary>A CLI as it is installed on this machine.</summary>
/// <param name="Program">Absolute path of what is started.</param>
/// <param name="Version">Its version.</param>
internal sealed partial record CliInstallation(string Program, Version Version)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Looks for it.</summary>
    /// <param name="dialect">Which.</param>
    /// <param name="program">Its name, looked up on PATH, or its absolute path; null: the usual name.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <exception cref="CliAgentException">It is not there, too old, or something else.</exception>
    public static async Task<CliInstallation> FindAsync(ICliDialect dialect, string? program, CancellationToken cancellationToken)
    {
        var name = program ?? dialect.Name;
        var found = ProgramSearch.OnPath(name, Environment.GetEnvironmentVariable("PATH")) is { } path
            ? Path.GetFullPath(path)
            : throw CliAgentException.NotInstalled(dialect, name);
        var real = File.ResolveLinkTarget(found, returnFinalTarget: true)?.FullName ?? found;
        var version = PackageVersion(real, dialect.Release.Package) ?? await AskAsync(found, cancellationToken)
            ?? throw CliAgentException.VersionUnknown(dialect, found);
        return version < dialect.Release.Least
            ? throw CliAgentException.TooOld(dialect, found, version)
            : new(dialect.Native(real), version);
    }

    /// <summary>What the package says that the program is part of: asking the program may take seconds.</summary>
    private static Version? PackageVersion(string program, string package)
    {
        var directory = Path.GetDirectoryName(program);
        for (var up = 0; up < 4 && directory is not null; up++, directory = Path.GetDirectoryName(directory))
        {
            var file = Path.Combine(directory, "package.json");
            if (!File.Exists(file))
            {
                continue;
            }

            try
            {
                using var json = JsonDocument.Parse(File.ReadAllBytes(file));
                if (json.RootElement.Text("name") == package)
                {
                    return VersionIn(json.RootElement.Text("version") ?? string.Empty);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
            {
                return null; // Then the program is asked.
            }
        }

        return null;
    }

    private static async Task<Version?> AskAsync(string program, CancellationToken cancellationToken)
    {
        var home = Directory.CreateTempSubdirectory("muster-").FullName; // Some write where they live before they answer.
        try
        {
            var (code, output) = await ShortProgram.RunAsync(program, ["--version"], Patience, home, cancellationToken);
            return code is null ? null : VersionIn(output);
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private static Version? VersionIn(string text) =>
        Number().Match(text) is { Success: true } match ? Version.Parse(match.ValueSpan) : null;

    [GeneratedRegex(@"\d{1,5}\.\d{1,5}\.\d{1,5}", RegexOptions.NonBacktracking)]
    private static partial Regex Number();
}
