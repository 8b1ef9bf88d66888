using System.CommandLine;
using System.Globalization;
using Muster.Artefacts;

namespace Muster.Cli;

/// <summary>Arguments and options that several commands have.</summary>
internal static class SharedOptions
{
    public static Option<string?> Runs() => new("--runs") { Description = "Directory of runs (default: MUSTER_RUNS, else the user's state directory).", HelpName = "DIR" };

    public static Option<bool> Json() => new("--json") { Description = "Print JSON for programs." };

    public static Argument<string?> Run() => new("RUN")
    {
        Description = "Id of a run or the beginning of one; the newest when left out.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Option<string?> Agent() => new("--agent") { Description = "Agent for all tasks, instead of those that the plan names.", HelpName = "NAME" };

    public static Option<string?> Sarif() => new("--sarif") { Description = "Also write the SARIF report here.", HelpName = "FILE" };

    public static Option<Severity?> FailOn()
    {
        var option = new Option<Severity?>("--fail-on") { Description = "Exit with 6 when a finding is this bad or worse: minor, major, critical.", HelpName = "SEVERITY" };
        option.CustomParser = result => result.Tokens.Count == 1 && Enum.TryParse<Severity>(result.Tokens[0].Value, ignoreCase: true, out var severity)
            && !char.IsDigit(result.Tokens[0].Value[0])
            ? severity
            : Refuse(result, "--fail-on takes minor, major or critical");
        return option;
    }

    public static Option<string?> Baseline() => new("--baseline") { Description = "Known findings that do not count; kept with the run.", HelpName = "FILE" };

    public static Option<string?> WriteBaseline() => new("--write-baseline") { Description = "Write the findings of this run as a baseline.", HelpName = "FILE" };

    public static Option<string?> Dispatch()
    {
        var option = new Option<string?>("--dispatch") { Description = "rolling (default) or waves.", HelpName = "MODE" };
        option.AcceptOnlyFromAmong("rolling", "waves");
        return option;
    }

    public static Option<long?> ProcessMemory()
    {
        var option = new Option<long?>("--process-memory") { Description = "Memory kept for each process of an agent before it starts, e.g. 512M; 0: starts never wait for memory.", HelpName = "SIZE" };
        option.CustomParser = result =>
        {
            var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : string.Empty;
            var shift = text.Length == 0 ? 0 : char.ToUpperInvariant(text[^1]) switch { 'K' => 10, 'M' => 20, 'G' => 30, _ => 0 };
            if (int.TryParse(text.AsSpan(0, text.Length - (shift > 0 ? 1 : 0)), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return (long)number << shift;
            }

            result.AddError("--process-memory takes a size like 512M or 2G");
            return null;
        };
        return option;
    }

    private static Severity? Refuse(System.CommandLine.Parsing.ArgumentResult result, string message)
    {
        result.AddError(message);
        return null;
    }
}
