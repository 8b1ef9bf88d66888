using System.CommandLine;
using Muster.Artefacts;
using Muster.Diagnosis;
using Muster.Settings;

namespace Muster.Cli;

/// <summary><c>muster doctor</c>: what this machine has, what is missing and how to get it; with <c>--probe</c>, whether an agent works.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var (runs, json) = (SharedOptions.Runs(), SharedOptions.Json());
        var probe = new Option<string?>("--probe") { Description = "Also make one small real attempt through this agent; it may cost a little.", HelpName = "AGENT" };
        var command = new Command(
            "doctor", "Tell which agents, tools and limits this machine has. Looks at no login and at no key's value.\n\nExample: muster doctor --probe claude") { probe, runs, json };
        command.SetAction(async (args, cancellationToken) =>
        {
            var findings = new List<MachineFinding>(await MachineDiagnosis.LookAsync(RunsRoot.Resolve(args.GetValue(runs)), "/", cancellationToken));
            var settings = ReadSettings(findings);
            findings.AddRange(await new AgentDiagnosis(settings, Environment.GetEnvironmentVariable).LookAsync(cancellationToken));
            if (args.GetValue(probe) is { } agent)
            {
                findings.Add(Probed(await AgentProbe.RunAsync(agent, settings, cancellationToken)));
            }

            if (args.GetValue(json))
            {
                Write(findings);
            }
            else
            {
                findings.ForEach(Print);
            }

            return findings.TrueForAll(f => f.Standing is not MachineStanding.Weak) ? ExitCode.Complete : ExitCode.Gaps;
        });
        return command;
    }

    /// <summary>Settings that cannot be read are what a doctor is asked about: told, and the usual ones taken.</summary>
    private static UserSettings ReadSettings(List<MachineFinding> findings)
    {
        var path = Path.Combine(Machine.Directory, SettingsFile.Name);
        try
        {
            var settings = Machine.Settings;
            findings.Add(File.Exists(path)
                ? new("settings", MachineStanding.Good, path)
                : new("settings", MachineStanding.Absent, $"there is no {path}: what is usual holds", "See docs/agents-and-money.md for what it may say."));
            return settings;
        }
        catch (SettingsException e)
        {
            findings.Add(new("settings", MachineStanding.Weak, e.Message, e.NextStep));
            return UserSettings.Default;
        }
    }

    private static MachineFinding Probed(ProbeResult probe)
    {
        var took = $"{(probe.Model is { } model ? $"model {model}, " : string.Empty)}{RunWords.Of(probe.Took)}"
            + (probe.Spent.IsNothing ? string.Empty : $", {probe.Spent.InputTokens:N0} tokens read and {probe.Spent.OutputTokens:N0} written, {probe.Spent}");
        return probe.IsGood
            ? new("probe", MachineStanding.Good, $"{probe.Agent} works ({took}): {probe.Said}")
            : new("probe", MachineStanding.Weak, $"{probe.Agent} does not work ({took}): {probe.Said}", $"Look at its prompt, output and log below {probe.Directory}, and remove that when you are done.");
    }

    private static void Print(MachineFinding finding)
    {
        var mark = finding.Standing switch { MachineStanding.Good => "ok  ", MachineStanding.Absent => "--  ", _ => "!!  " };
        Console.Out.WriteLine($"{mark}{finding.Name,-12} {ReportText.Line(finding.Detail, 400)}");
        if (finding.Advice is { } advice)
        {
            Console.Out.WriteLine($"{string.Empty,-17}{ReportText.Line(advice, 400)}");
        }
    }

    private static void Write(List<MachineFinding> findings) => RunJson.Write(Console.Out, json =>
    {
        json.WriteStartArray();
        foreach (var finding in findings)
        {
            json.WriteStartObject();
            json.WriteString("name", finding.Name);
            json.WriteBoolean("ok", finding.Standing is MachineStanding.Good);
            json.WriteString("standing", RunJson.Kebab(finding.Standing.ToString()));
            json.WriteString("detail", ReportText.Line(finding.Detail));
            json.WriteString("advice", finding.Advice);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
