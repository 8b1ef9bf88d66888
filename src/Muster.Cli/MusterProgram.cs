using System.CommandLine;
using System.CommandLine.Parsing;
using Muster.Agents.Scripted;
using Muster.Artefacts;
using Muster.Contracts;
using Muster.Pipeline;
using Muster.Plans;
using Muster.Prompts;
using Muster.Runs;
using Muster.Settings;
using Muster.Training;

namespace Muster.Cli;

/// <summary>The command line: parses, calls the engine, tells errors.</summary>
internal static class MusterProgram
{
    private const string Description = """
        Run many agents on one job, with an honest account of it.

        Example: muster audit .

        Exit codes: 0 complete, 1 failed, 2 wrong usage or an invalid plan, 3 complete with gaps, 4 a person has to decide, 5 paused on a cap
        or quota, 6 a finding at or above --fail-on, 70 a bug of Muster, 130 cancelled; where several hold, the first of 130, 4, 5, 1, 6, 3.
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        var code = await TryAsync(args);
        if (StandardStreams.Output.Fault is not { } fault)
        {
            return code;
        }

        await Console.Error.WriteLineAsync($"muster: The output could not be written: {fault.TrimEnd('.')}.\nWhat was asked for was done all the same; see a run with 'muster show'.");
        return code is ExitCode.Complete ? ExitCode.Failed : code;
    }

    private static async Task<int> TryAsync(string[] args)
    {
        try
        {
            var parsed = Root().Parse(args);
            var errors = parsed.Errors.Select(e => e.Message).Concat(Empty(parsed.CommandResult)).ToList();
            if (errors.Count > 0)
            {
                foreach (var error in errors)
                {
                    await Console.Error.WriteLineAsync($"muster: {error}");
                }

                await Console.Error.WriteLineAsync($"Run 'muster {Named(parsed.CommandResult.Command)}--help' for what it takes.");
                return ExitCode.Usage;
            }

            return await parsed.InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception e) when (e is PlanException or ScriptException or SettingsException or BuildException or CliException { IsFailure: false } or BaselineException { IsUsage: true } or RunStateException { IsUsage: true } or ContractException or TrainingException or PromptException { IsUsage: true })
        {
            return Tell((MusterException)e, ExitCode.Usage);
        }
        catch (MusterException e)
        {
            return Tell(e, ExitCode.Failed);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"muster: {e.Message}\nCheck the disk and your rights to it, and try again; a run that was under way goes on with 'muster resume'.");
            return ExitCode.Failed;
        }
        catch (Exception e)
        {
            return await TellBugAsync(e);
        }
    }

    private static string Named(Command command) => command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{Named(parent)}{command.Name} " : string.Empty;

    /// <summary>An empty value is a variable that was not set, never what somebody meant.</summary>
    private static IEnumerable<string> Empty(CommandResult command) => command.Children
        .Where(result => result.Tokens.Any(token => token.Value.Length == 0))
        .Select(result => result switch
        {
            OptionResult option => $"The value of {option.Option.Name} is empty.",
            ArgumentResult argument => $"The argument {argument.Argument.Name} is empty.",
            _ => "An argument is empty.",
        });

    internal static RootCommand Root() => new(Description)
    {
        AuditCommand.Create(), BuildCommand.Create(), FixCommand.Create(), GateCommands.Approve(), GateCommands.Reject(), ConflictsCommand.Create(), PlanCommand.Create(), CheckCommand.Create(), RunPlanCommand.Create(), StatusCommand.Create(), WatchCommand.Create(),
        ShowCommand.Create(), ListCommand.Create(), ResumeCommand.Create(), CancelCommand.Create(), RetryCommand.Create(), RepairCommand.Create(),
        BackupCommand.Create(), CleanCommand.Create(), TrustCommand.Create(), PromptsCommand.Create(), DoctorCommand.Create(), ContractsCommand.Create(), LocksCommand.Create(), TrainingCommand.Create(),
    };

    private static int Tell(MusterException e, int code)
    {
        Console.Error.WriteLine("muster: " + DisplayText.Clean(e.Message)); // It may quote a file that somebody else wrote.
        Console.Error.WriteLine(DisplayText.Clean(e.NextStep));
        return code;
    }

    /// <summary>The trace goes to a new file that nobody else can have put there.</summary>
    private static async Task<int> TellBugAsync(Exception e)
    {
        string? trace = null;
        try
        {
            trace = Path.Combine(Directory.CreateTempSubdirectory("muster-bug-").FullName, "trace.txt");
            await File.WriteAllTextAsync(trace, $"muster {HostIdentity.Version}, .NET {Environment.Version}\n{e}\n");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"{e}\nmuster: The trace could not be written to a file: {fault.Message}");
        }

        await Console.Error.WriteLineAsync($"muster: This is a bug of Muster: {e.Message}\nPlease report it with {(trace is null ? "the trace above" : $"the file {trace}")}; the run can be taken up with 'muster resume'.");
        return ExitCode.Bug;
    }
}
