using System.CommandLine;
using Muster.Agents;
using Muster.Git;

namespace Muster.Cli;

/// <summary><c>muster doctor</c>: what this machine has, and what is weaker on it.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var (runs, json) = (SharedOptions.Runs(), SharedOptions.Json());
        var command = new Command("doctor", "Tell which agents, tools and limits this machine has.\n\nExample: muster doctor") { runs, json };
        command.SetAction(async (args, cancellationToken) =>
        {
            var findings = await LookAsync(RunsRoot.Resolve(args.GetValue(runs)), cancellationToken);
            if (args.GetValue(json))
            {
                RunJson.Write(Console.Out, writer =>
                {
                    writer.WriteStartArray();
                    foreach (var (isGood, name, text) in findings)
                    {
                        writer.WriteStartObject();
                        writer.WriteString("name", name);
                        writer.WriteBoolean("ok", isGood);
                        writer.WriteString("detail", text);
                        writer.WriteEndObject();
                    }

                    writer.WriteEndArray();
                });
            }
            else
            {
                findings.ForEach(f => Console.Out.WriteLine($"{(f.IsGood ? "ok  " : "!!  ")} {f.Name,-14} {f.Text}"));
            }

            return findings.TrueForAll(f => f.IsGood) ? ExitCode.Complete : ExitCode.Gaps;
        });
        return command;
    }

    private static async Task<List<(bool IsGood, string Name, string Text)>> LookAsync(string runs, CancellationToken cancellationToken)
    {
        var findings = new List<(bool, string, string)>
        {
            (true, "muster", $"{HostIdentity.Version}, .NET {Environment.Version}, {System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier}"),
            (true, "agents", string.Join(", ", BuiltInAgents.Embedded) + " (embedded: no key, no network, no cost)"),
            (true, "checks", $"{BuiltInAgents.Checks.Length} for the agent inspect"),
        };
        var git = await GitCommand.ReadAsync("/", ["--version"], cancellationToken);
        findings.Add((git is not null, "git", git?.Trim() ?? "not found: files are listed without .gitignore, and there is no history"));
        findings.Add(Writable(runs));
        findings.Add((OperatingSystem.IsLinux(), "isolation", OperatingSystem.IsLinux()
            ? "files of agents are opened by openat2, through no link"
            : "weaker here: links in agents' output are looked for before opening, not by the kernel"));
        findings.Add((Environment.ProcessorCount > 1, "processors", $"{Environment.ProcessorCount}"));
        return findings;
    }

    private static (bool, string, string) Writable(string runs)
    {
        try
        {
            Directory.CreateDirectory(runs);
            var probe = Path.Combine(runs, $".probe-{Environment.ProcessId}");
            File.WriteAllText(probe, "x");
            File.Delete(probe);
            var drive = new DriveInfo(runs);
            return (drive.AvailableFreeSpace > 1L << 30, "runs", $"{runs}, {drive.AvailableFreeSpace >> 20:N0} MiB free on {drive.DriveFormat}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (false, "runs", $"{runs} cannot be written to: {e.Message}");
        }
    }
}
