using System.CommandLine;
using Muster.Artefacts;
using Muster.Pipeline;
using Muster.Runs;
using Muster.Settings;

namespace Muster.Cli;

/// <summary><c>muster approve</c> and <c>muster reject</c>: a person decides a gate of a build. No agent can.</summary>
internal static class GateCommands
{
    public static Command Approve() => Create(
        "approve", "Approve what a build waits for, as it is now; an approval of something that changes later is void.\n\nExample: muster approve --show", isApproval: true);

    public static Command Reject() => Create(
        "reject", "Reject what a build waits for; your reason goes back into the stage.\n\nExample: muster reject --because \"auth and billing share a table\"", isApproval: false);

    private static Command Create(string name, string description, bool isApproval)
    {
        var (run, runs, json) = (SharedOptions.Run(), SharedOptions.Runs(), SharedOptions.Json());
        var gate = new Option<string?>("--gate") { Description = "Which gate, where several wait.", HelpName = "NAME" };
        var hash = new Option<string?>("--hash") { Description = "Decide without being asked about what has this hash; its first 8 digits do.", HelpName = "SHA256" };
        var because = new Option<string?>("--because") { Description = "Your words.", HelpName = "TEXT" };
        var show = new Option<bool>("--show") { Description = "Only show what waits." };
        var command = new Command(name, description) { run, gate, hash, because, show, runs, json };
        command.SetAction(async (args, cancellationToken) =>
        {
            var directory = RunsRoot.Find(RunsRoot.Resolve(args.GetValue(runs)), args.GetValue(run));
            if (!args.GetValue(show) && PersonCheck.WhyAgent(Environment.GetEnvironmentVariable) is { } why)
            {
                throw CliException.NoPerson(why);
            }

            if (args.GetValue(show))
            {
                using var reader = RunReader.Open(directory);
                await ShowAsync(reader.Run, directory, args.GetValue(gate), args.GetValue(json), cancellationToken);
                return ExitCode.Complete;
            }

            using var session = RunDriver.Open(directory, new());
            var found = Find(session.Run, args.GetValue(gate));
            if (args.GetValue(hash) is not { } named)
            {
                await ShowAsync(session.Run, directory, found.Name, json: false, cancellationToken);
                if (Console.IsInputRedirected || Console.IsOutputRedirected)
                {
                    throw CliException.NotShown(found.Name, found.Sha256);
                }

                await Console.Out.WriteAsync($"{name}? [y/N] ");
                if ((await Console.In.ReadLineAsync(cancellationToken))?.Trim() is not ("y" or "yes"))
                {
                    return ExitCode.AwaitingHuman;
                }

                named = found.Sha256;
            }

            session.Apply(new RunCommand.DecideGate(found.Name, named.ToLowerInvariant(), isApproval, Environment.UserName, args.GetValue(because)));
            await Console.Out.WriteLineAsync($"{(isApproval ? "approved" : "rejected")}: {found.Name} ({found.Sha256[..12]}). Go on with: muster resume {session.Run.Header.RunId}");
            return ExitCode.Complete;
        });
        return command;
    }

    private static GateState Find(RunState run, string? name)
    {
        var open = run.Gates.Where(g => g.Standing is GateStanding.Open).ToList();
        return name is not null ? run.GateOf(name) ?? throw CliException.WhichGate(run.Header.RunId, open.Select(g => g.Name))
            : open.Count == 1 ? open[0]
            : open.Count == 0 ? throw CliException.NoGate(run.Header.RunId)
            : throw CliException.WhichGate(run.Header.RunId, open.Select(g => g.Name));
    }

    private static async Task ShowAsync(RunState run, RunDirectory directory, string? name, bool json, CancellationToken cancellationToken)
    {
        if (json)
        {
            RunJson.Write(Console.Out, writer =>
            {
                writer.WriteStartObject();
                RunJson.Head(writer, run, directory);
                BuildJson.Write(writer, run);
                writer.WriteEndObject();
            });
            return;
        }

        var gates = run.Gates.Where(g => name is null ? g.Standing is GateStanding.Open : g.Name == name).ToList();
        if (gates.Count == 0)
        {
            throw CliException.NoGate(run.Header.RunId);
        }

        foreach (var gate in gates)
        {
            await Console.Out.WriteLineAsync(await GateText.OfAsync(run, directory, gate, TimeProvider.System, cancellationToken));
        }
    }
}
