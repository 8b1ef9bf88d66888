using System.CommandLine;
using Muster.Plans;

namespace Muster.Cli;

/// <summary>The command line: parses, calls the engine, tells errors.</summary>
internal static class MusterProgram
{
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            var parsed = Root().Parse(args);
            if (parsed.Errors.Count > 0)
            {
                foreach (var error in parsed.Errors)
                {
                    await Console.Error.WriteLineAsync($"muster: {error.Message}");
                }

                await Console.Error.WriteLineAsync($"Run 'muster {string.Join(' ', parsed.CommandResult.Command.Parents.Any() ? parsed.CommandResult.Command.Name + " " : string.Empty)}--help' for what it takes.");
                return ExitCode.Usage;
            }

            return await parsed.InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (PlanException e)
        {
            return Tell(e, ExitCode.Usage);
        }
        catch (CliException e)
        {
            return Tell(e, ExitCode.Usage);
        }
        catch (MusterException e)
        {
            return Tell(e, ExitCode.Failed);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"muster: {e.Message}\nCheck the disk and your rights to it, then go on with 'muster resume'.");
            return ExitCode.Failed;
        }
        catch (Exception e)
        {
            return await TellBugAsync(e);
        }
    }

    internal static RootCommand Root() => new("Run many agents on one job, with an honest account of it.\n\nExample: muster audit .")
    {
        AuditCommand.Create(), PlanCommand.Create(), CheckCommand.Create(), RunPlanCommand.Create(),
    };

    private static int Tell(MusterException e, int code)
    {
        Console.Error.WriteLine($"muster: {e.Message}");
        Console.Error.WriteLine(e.NextStep);
        return code;
    }

    private static async Task<int> TellBugAsync(Exception e)
    {
        var trace = Path.Combine(Path.GetTempPath(), $"muster-bug-{Environment.ProcessId}.txt");
        await File.WriteAllTextAsync(trace, e.ToString());
        await Console.Error.WriteLineAsync($"muster: This is a bug of Muster: {e.Message}\nPlease report it with the file {trace}; the run can be taken up with 'muster resume'.");
        return ExitCode.Bug;
    }
}
