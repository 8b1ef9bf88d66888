using System.CommandLine;
using System.CommandLine.Parsing;
using Muster.Runs;

namespace Muster.Cli;

/// <summary>The option <c>--decide KEY=rerun|skip</c>: what a person decides about steps of which nobody can find out whether they were done.</summary>
internal static class DecideOption
{
    private const string All = "*";

    public static Option<(string Key, bool IsSkipped)[]> Create() => new("--decide")
    {
        Description = "What to do about a step that waits for your decision; '*' stands for all. May be given more than once.",
        HelpName = "KEY=rerun|skip",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        CustomParser = result => [.. result.Tokens.Select(token => Parse(result, token.Value)).OfType<(string, bool)>()],
    };

    /// <summary>Takes the decisions to the run, before anything is looked at again.</summary>
    /// <exception cref="RunStateException">No decision is waited for about one of them.</exception>
    public static void Apply(RunSession session, IEnumerable<(string Key, bool IsSkipped)> decisions)
    {
        foreach (var (key, isSkipped) in decisions)
        {
            var table = session.Run.Table;
            var steps = key == All && session.Run.Undecided.Count > 0
                ? session.Run.Undecided.Select(u => table[u.Step].Key).Distinct().ToList()
                : [new[] { key, $"worker/{key}", $"synthesis/{key}" }.FirstOrDefault(k => table.IndexOf(k) >= 0) ?? key];
            foreach (var step in steps)
            {
                session.Apply(new RunCommand.DecideStep(step, isSkipped));
            }
        }
    }

    private static (string, bool)? Parse(ArgumentResult result, string text)
    {
        var cut = text.LastIndexOf('=');
        if (cut > 0 && text[(cut + 1)..] is "rerun" or "skip")
        {
            return (text[..cut], text[(cut + 1)..] == "skip");
        }

        result.AddError($"'{text}' is no decision like worker/sec-1=rerun or worker/sec-1=skip");
        return null;
    }
}
