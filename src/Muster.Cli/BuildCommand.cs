using System.CommandLine;
using System.Security.Cryptography;
using Muster.Agents.Scripted;
using Muster.Artefacts;
using Muster.Pipeline;
using Muster.Prompts;

namespace Muster.Cli;

/// <summary><c>muster build</c>: the build pipeline over a repository.</summary>
internal static class BuildCommand
{
    public static Command Create()
    {
        var what = new Argument<string?>("WHAT") { Description = "What to build, in your words.", Arity = ArgumentArity.ZeroOrOne };
        var feature = new Option<string?>("--feature") { Description = "Build a feature of what is there instead.", HelpName = "WHAT" };
        var repository = new Option<string>("--repo") { Description = "The checkout, or an empty directory.", HelpName = "DIR", DefaultValueFactory = _ => "." };
        var gates = new Option<string[]>("--gate") { Description = $"Also ask a person after this stage: {string.Join(", ", BuildStage.MayHaveGate)}.", HelpName = "STAGE" };
        gates.AcceptOnlyFromAmong([.. BuildStage.MayHaveGate]);
        var dryRun = new Option<bool>("--dry-run") { Description = "Print the stages and what they may cost, and do nothing." };
        var work = new WorkOptions();
        var command = new Command(
            "build", "Build a project or a feature: an architecture that you approve, builders side by side in worktrees, tests and QC for each, assembly, an audit, and a branch that you approve.\n\n"
            + "Example: muster build \"A billing service\" --agent claude --test-command \"npm test\" --max-usd 40")
        {
            what, feature, repository, gates, dryRun,
        };
        work.AddTo(command);
        command.SetAction(async (args, cancellationToken) =>
        {
            if (args.GetValue(what) is null == args.GetValue(feature) is null)
            {
                throw CliException.NothingToBuild();
            }

            var path = Path.GetFullPath(args.GetValue(repository)!);
            var request = work.Request(args.GetValue(feature) ?? args.GetValue(what)!, path, args) with
            {
                IsFeature = args.GetValue(feature) is not null,
                Gates = [.. (args.GetValue(gates) ?? []).Distinct()],
            };
            if (!Directory.Exists(path))
            {
                throw CliException.NoRoot(path, File.Exists(path));
            }

            if (args.GetValue(dryRun))
            {
                BuildView.Outline(Console.Out, request, BuildStart.Look(request)); // What would be refused is refused here, too.
                return ExitCode.Complete;
            }

            return await GoAsync(request, work.RunsOf(args), work.DriveOptionsOf(args), cancellationToken);
        });
        return command;
    }

    /// <summary>Makes a run of what was asked, and drives it.</summary>
    public static async Task<int> GoAsync(BuildRequest request, string runs, DriveOptions options, CancellationToken cancellationToken)
    {
        if (request.Script is { } script)
        {
            _ = ScriptFile.Load(script); // A mistake in it is told before there is a run.
        }

        var prompts = Machine.PromptsFor(request.Path, RunPrompts.BuildRoles); // Likewise.
        Machine.RequireAgents(request.RoleAgents.Values.Append(request.Agent));
        var (engine, progress) = RunDriver.Prepare(options);
        var id = RunDirectory.NewId(TimeProvider.System);
        var (header, notices) = await BuildStart.PlanAsync(request, id, RandomNumberGenerator.GetInt32(int.MaxValue), TimeProvider.System, cancellationToken);
        foreach (var notice in notices)
        {
            progress.Notice(notice);
        }

        var directory = RunDirectory.Create(runs, id);
        using var session = RunSession.Create(directory, header, request.What + "\n", [], prompts, engine, cancellationToken);
        return await BuildDriver.GoAsync(session, progress, options, cancellationToken);
    }
}
