using System.Collections.Immutable;
using System.CommandLine;
using Muster.Contracts;
using Muster.Pipeline;
using Muster.Plans;

namespace Muster.Cli;

/// <summary>Options of the commands that have agents write code: <c>build</c> and <c>fix</c>.</summary>
internal sealed class WorkOptions
{
    private readonly Option<string?> branch = new("--base") { Description = "Branch to build on (default: the one that is checked out).", HelpName = "BRANCH" };
    private readonly Option<string?> agent = new("--agent") { Description = "Agent of all roles. Nothing that costs money is picked by default.", HelpName = "NAME" };
    private readonly Option<string[]> roles = new("--role") { Description = "Agent of one role, e.g. qc=codex; worker is that of the audit at the end.", HelpName = "ROLE=AGENT" };
    private readonly Option<string?> test = new("--test-command") { Description = "Program and arguments that test a module whose contract names none; no shell reads it.", HelpName = "COMMAND" };
    private readonly Option<string?> integration = new("--integration-test") { Description = "Program and arguments that test what is assembled, after each merge.", HelpName = "COMMAND" };
    private readonly Option<string?> testTime = new("--test-time") { Description = "Longest time of a test, e.g. 20m (default 10m).", HelpName = "TIME" };
    private readonly Option<bool> network = new("--test-network") { Description = "Tests may use the network." };
    private readonly Option<bool> noForward = new("--no-ff") { Description = "Ship by a merge commit, also where the base branch could be moved forward." };
    private readonly Option<bool> sparse = new("--sparse") { Description = "Worktrees hold only a module's own paths, those of what it depends on, and the top of the tree." };
    private readonly Option<string?> script = new("--script") { Description = "Script of the agent 'scripted'.", HelpName = "FILE" };
    private readonly Option<string?> program = new("--program") { Description = "Program and arguments of the agent 'command'; no shell reads it.", HelpName = "COMMAND" };
    private readonly Option<string?> runs = SharedOptions.Runs();
    private readonly Option<bool> json = SharedOptions.Json();
    private readonly Option<long?> memory = SharedOptions.ProcessMemory();
    private readonly LimitOptions limits = new();

    /// <summary>A command that takes them.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (ReadOnlySpan<Option>)[branch, agent, roles, test, integration, testTime, network, noForward, sparse, script, program, memory, runs, json])
        {
            command.Options.Add(option);
        }

        limits.AddTo(command);
    }

    /// <summary>The directory of runs.</summary>
    public string RunsOf(ParseResult args) => RunsRoot.Resolve(args.GetValue(runs));

    /// <summary>How what is begun is driven and shown.</summary>
    public DriveOptions DriveOptionsOf(ParseResult args) => DriveOptions.Create(args.GetValue(json), processMemory: args.GetValue(memory));

    /// <summary>What was asked.</summary>
    /// <param name="what">In the person's words.</param>
    /// <param name="path">Absolute path of the checkout, or of an empty directory.</param>
    /// <param name="args">The command line.</param>
    /// <exception cref="CliException">An option says something that it cannot.</exception>
    public BuildRequest Request(string what, string path, ParseResult args) => new()
    {
        What = what,
        Path = path,
        BaseBranch = args.GetValue(branch),
        Agent = args.GetValue(agent) ?? (args.GetValue(script) is not null ? "scripted" : throw CliException.NoBuilder()),
        RoleAgents = (args.GetValue(roles) ?? []).Select(Role).ToImmutableSortedDictionary(StringComparer.Ordinal),
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
