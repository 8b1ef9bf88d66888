using System.Collections.Immutable;
using System.CommandLine;
using System.Security.Cryptography;
using Muster.Artefacts;
using Muster.Contracts;
using Muster.Pipeline;
using Muster.Plans;

namespace Muster.Cli;

/// <summary><c>muster build</c>: the build pipeline over a repository.</summary>
internal static class BuildCommand
{
    public static Command Create()
    {
        var what = new Argument<string?>("WHAT") { Description = "What to build, in your words.", Arity = ArgumentArity.ZeroOrOne };
        var feature = new Option<string?>("--feature") { Description = "Build a feature of what is there instead.", HelpName = "WHAT" };
        var repository = new Option<string>("--repo") { Description = "The checkout, or an empty directory.", HelpName = "DIR", DefaultValueFactory = _ => "." };
        var branch = new Option<string?>("--base") { Description = "Branch to build on (default: the one that is checked out).", HelpName = "BRANCH" };
        var agent = new Option<string?>("--agent") { Description = "Agent of all roles. Nothing that costs money is picked by default.", HelpName = "NAME" };
        var roles = new Option<string[]>("--role") { Description = "Agent of one role, e.g. qc=codex; worker is that of the audit at the end.", HelpName = "ROLE=AGENT" };
        var gates = new Option<string[]>("--gate") { Description = $"Also ask a person after this stage: {string.Join(", ", BuildStage.MayHaveGate)}.", HelpName = "STAGE" };
        gates.AcceptOnlyFromAmong([.. BuildStage.MayHaveGate]);
        var test = new Option<string?>("--test-command") { Description = "Program and arguments that test a module whose contract names none; no shell reads it.", HelpName = "COMMAND" };
        var integration = new Option<string?>("--integration-test") { Description = "Program and arguments that test what is assembled, after each merge.", HelpName = "COMMAND" };
        var testTime = new Option<string?>("--test-time") { Description = "Longest time of a test, e.g. 20m (default 10m).", HelpName = "TIME" };
        var network = new Option<bool>("--test-network") { Description = "Tests may use the network." };
        var noForward = new Option<bool>("--no-ff") { Description = "Ship by a merge commit, also where the base branch could be moved forward." };
        var sparse = new Option<bool>("--sparse") { Description = "Worktrees hold only a module's own paths, those of what it depends on, and the top of the tree." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Print the stages and what they may cost, and do nothing." };
        var script = new Option<string?>("--script") { Description = "Script of the agent 'scripted'.", HelpName = "FILE" };
        var program = new Option<string?>("--program") { Description = "Program and arguments of the agent 'command'; no shell reads it.", HelpName = "COMMAND" };
        var (runs, json, memory, limits) = (SharedOptions.Runs(), SharedOptions.Json(), SharedOptions.ProcessMemory(), new LimitOptions());
        var command = new Command(
            "build", "Build a project or a feature: an architecture that you approve, builders side by side in worktrees, tests and QC for each, assembly, an audit, and a branch that you approve.\n\n"
            + "Example: muster build \"A billing service\" --agent claude --test-command \"npm test\" --max-usd 40")
        {
            what, feature, repository, branch, agent, roles, gates, test, integration, testTime, network, noForward, sparse, dryRun, script, program, memory, runs, json,
        };
        limits.AddTo(command);
        command.SetAction(async (args, cancellationToken) =>
        {
            if (args.GetValue(what) is null == args.GetValue(feature) is null)
            {
                throw CliException.NothingToBuild();
            }

            var request = new BuildRequest
            {
                What = args.GetValue(feature) ?? args.GetValue(what)!,
                IsFeature = args.GetValue(feature) is not null,
                Path = Path.GetFullPath(args.GetValue(repository)!),
                BaseBranch = args.GetValue(branch),
                Agent = args.GetValue(agent) ?? (args.GetValue(script) is not null ? "scripted" : throw CliException.NoBuilder()),
                RoleAgents = (args.GetValue(roles) ?? []).Select(Role).ToImmutableSortedDictionary(StringComparer.Ordinal),
                Gates = [.. (args.GetValue(gates) ?? []).Distinct()],
                Command = Words("--program", args.GetValue(program)),
                TestCommand = Words("--test-command", args.GetValue(test)),
                IntegrationTestCommand = Words("--integration-test", args.GetValue(integration)),
                TestTime = args.GetValue(testTime) is not { } time ? TimeSpan.FromMinutes(10)
                    : Duration.TryParse(time, out var span) && span > TimeSpan.Zero ? span : throw CliException.NoTime("--test-time", time),
                TestsUseNetwork = args.GetValue(network),
                NoFastForward = args.GetValue(noForward),
                IsSparse = args.GetValue(sparse),
                Script = args.GetValue(script) is { } file ? Path.GetFullPath(file) : null,
                Limits = limits.Of(args),
                Capacity = Machine.Settings.Capacity ?? 24,
                Models = Machine.Settings.Models,
            };
            if (!Directory.Exists(request.Path))
            {
                throw CliException.NoRoot(request.Path, File.Exists(request.Path));
            }

            if (args.GetValue(dryRun))
            {
                BuildView.Outline(Console.Out, request);
                return ExitCode.Complete;
            }

            var options = DriveOptions.Create(args.GetValue(json), processMemory: args.GetValue(memory));
            return await GoAsync(request, RunsRoot.Resolve(args.GetValue(runs)), options, cancellationToken);
        });
        return command;
    }

    private static async Task<int> GoAsync(BuildRequest request, string runs, DriveOptions options, CancellationToken cancellationToken)
    {
        if (request.Script is { } script)
        {
            _ = Agents.Scripted.ScriptFile.Load(script); // A mistake in it is told before there is a run.
        }

        Machine.RequireAgents(request.RoleAgents.Values.Append(request.Agent));
        var (engine, progress) = RunDriver.Prepare(options);
        var id = RunDirectory.NewId(TimeProvider.System);
        var (header, notices) = await BuildStart.PlanAsync(request, id, RandomNumberGenerator.GetInt32(int.MaxValue), TimeProvider.System, cancellationToken);
        foreach (var notice in notices)
        {
            progress.Notice(notice);
        }

        var directory = RunDirectory.Create(runs, id);
        using var session = RunSession.Create(directory, header, request.What + "\n", [], engine, cancellationToken);
        return await BuildDriver.GoAsync(session, progress, options, cancellationToken);
    }

    private static KeyValuePair<string, string> Role(string text) => text.Split('=', 2) is [{ Length: > 0 } role, { Length: > 0 } agent]
        ? new(role, agent)
        : throw CliException.NoRole(text);

    private static ImmutableArray<string> Words(string option, string? text)
    {
        if (text is null)
        {
            return [];
        }

        var words = ArgumentList.Split(text, out var why);
        return why is null && !words.IsEmpty ? words : throw CliException.NoWords(option, text, why ?? "has no program");
    }
}
