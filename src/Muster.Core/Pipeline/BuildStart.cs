using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Muster.Agents;
using Muster.Git;
using Muster.Plans;
using Muster.Runs;

namespace Muster.Pipeline;

/// <summary>Looks whether a build can begin, before anything is spent, and freezes what it begins with.</summary>
public static class BuildStart
{
    /// <summary>Roles that may have an agent of their own.</summary>
    public static ImmutableArray<Role> Roles { get; } =
        [Role.Architect, Role.Trainer, Role.Scaffolder, Role.Builder, Role.Qc, Role.Judge, Role.Shipper, Role.Curator, Role.Action, Role.Worker];

    /// <summary>Looks at what can be looked at without the repository, and changes nothing.</summary>
    /// <returns>What a person should know before it begins.</returns>
    /// <exception cref="BuildException">It cannot begin.</exception>
    public static ImmutableArray<string> Look(BuildRequest request)
    {
        CheckAgents(request);
        foreach (var (option, command) in (ReadOnlySpan<(string, ImmutableArray<string>)>)[("--test-command", request.TestCommand), ("--integration-test", request.IntegrationTestCommand)])
        {
            if (TestProgram.WhyNot(command) is { } why)
            {
                throw BuildException.NoTestProgram(option, why);
            }
        }

        return [.. OutputRoom.Notices(request), .. TestNotices(request)];
    }

    /// <summary>What the run is, and what a person should know before it begins.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="runId">Id of the run.</param>
    /// <param name="seed">Seed of its chances.</param>
    /// <param name="time">Time.</param>
    /// <param name="cancellationToken">Ends git.</param>
    /// <exception cref="BuildException">It cannot begin.</exception>
    /// <exception cref="GitException">There is no usable git, or no repository.</exception>
    public static async Task<(RunHeader Header, ImmutableArray<string> Notices)> PlanAsync(
        BuildRequest request, string runId, int seed, TimeProvider time, CancellationToken cancellationToken)
    {
        var notices = Look(request);
        var repository = await GitRepository.OpenOrCreateAsync(request.Path, time, cancellationToken);
        var preflight = await repository.PreflightAsync(request.BaseBranch, cancellationToken);
        if (!preflight.IsPossible)
        {
            throw BuildException.NotPossible(repository.Checkout, [.. preflight.Problems.Where(p => p.IsRefusal)]);
        }

        var integration = $"orchestration/{runId}/integration";
        var commit = preflight.BaseCommit ?? await repository.BeginBranchAsync(integration, "Begin\n\nAn empty tree to build on.", cancellationToken);
        var build = new BuildHeader
        {
            What = request.What,
            IsFeature = request.IsFeature,
            Fixes = request.Fixes,
            Project = System.IO.Path.GetFileName(repository.Checkout),
            Repository = repository.Checkout,
            BaseBranch = preflight.BaseBranch!,
            BaseCommit = commit,
            IsGreenfield = preflight.IsGreenfield,
            HooksPath = preflight.HooksPath,
            Gates = request.Gates,
            Agent = request.Agent,
            RoleAgents = request.RoleAgents,
            Command = request.Command,
            TestCommand = request.TestCommand,
            IntegrationTestCommand = request.IntegrationTestCommand,
            TestSeconds = request.TestTime.TotalSeconds,
            TestsUseNetwork = request.TestsUseNetwork,
            NoFastForward = request.NoFastForward,
            IsSparse = request.IsSparse,
        };
        var models = PlanModels.OfTiers(build.Agents.Where(agent => agent != BuildHeader.EngineAgent), request.Models);
        if (request.Limits.Usd is not null && models.FirstOrDefault(model => !model.IsPriced) is { } unpriced)
        {
            throw BuildException.NoPrice(unpriced);
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request.What)));
        return (
            new()
            {
                RunId = runId,
                Goal = request.What,
                Root = repository.Checkout,
                Tree = "git commit " + commit,
                PlanName = "build",
                PlanSha256 = hash,
                TasksFile = "tasks-build.jsonl",
                Domains = BuildStage.All,
                CoordinatorAgent = build.AgentOf(Role.Worker),
                Capacity = request.Capacity,
                Limits = request.Limits,
                Script = request.Script,
                Models = models,
                Build = build,
                Seed = seed,
            },
            [.. preflight.Problems.Select(p => $"{p.Message} {p.NextStep}"), .. notices]);
    }

    private static IEnumerable<string> TestNotices(BuildRequest request)
    {
        if (request.TestCommand.IsEmpty)
        {
            yield return request.Fixes.IsEmpty ? "No --test-command is named: modules whose contract names none are merged without a test of their own."
                : "No --test-command is named: what is mended is merged without a test.";
        }

        if (TestSandbox.Find() is null)
        {
            yield return "There is no working bubblewrap here: tests run without a sandbox, with your rights. 'muster doctor' says how to get it.";
        }
    }

    private static void CheckAgents(BuildRequest request)
    {
        foreach (var role in request.RoleAgents.Keys.Where(name => !Roles.Any(role => Name(role) == name)))
        {
            throw BuildException.NoSuchRole(role, Roles.Select(Name));
        }

        foreach (var role in Roles)
        {
            var agent = request.RoleAgents.GetValueOrDefault(Name(role), request.Agent);
            if (!BuiltInAgents.Names.Contains(agent))
            {
                throw BuildException.NoSuchAgent(agent, BuiltInAgents.Names);
            }

            if (agent is "inspect" && role is not Role.Worker)
            {
                throw BuildException.CannotWrite(agent, Name(role));
            }

            if (agent is "command" && request.Command.IsEmpty)
            {
                throw BuildException.NoCommand();
            }
        }
    }

    private static string Name(Role role) => role.ToString().ToLowerInvariant();
}
