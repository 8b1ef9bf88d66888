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
        var run = session.Run;
        var waiting = run.Undecided.Select(u => run.Table[u.Step].Key).ToHashSet(StringComparer.Ordinal);
        var steps = new Dictionary<string, bool>(StringComparer.Ordinal); // Those that are named, before those that "all" stands for.
        foreach (var (key, isSkipped) in decisions.OrderBy(decision => decision.Key == All))
        {
            foreach (var step in key == All && waiting.Count > 0 ? waiting.Where(step => !steps.ContainsKey(step)).ToList() : [KeyOf(run, key)])
            {
                steps[step] = isSkipped;
            }
        }

        foreach (var step in steps.Keys.Where(step => !waiting.Contains(step)))
        {
            _ = RunDecider.Decide(run, new RunCommand.DecideSteps([step], steps[step])); // A mistake in one is told before any is taken.
        }

        foreach (var group in steps.GroupBy(step => step.Value, step => step.Key))
        {
            session.Apply(new RunCommand.DecideSteps([.. group], group.Key));
        }
    }

    private static string KeyOf(RunState run, string key) =>
        new[] { key, $"worker/{key}", $"synthesis/{key}" }.FirstOrDefault(k => run.Table.IndexOf(k) >= 0) ?? key;

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
