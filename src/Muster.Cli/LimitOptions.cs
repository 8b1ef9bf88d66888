using System.CommandLine;
using Muster.Plans;
using Muster.Runs;

namespace Muster.Cli;

/// <summary>The options <c>--max-usd</c>, <c>--max-tokens</c>, <c>--max-agents</c> and <c>--max-wall</c>: what a run may spend, over what its plan says.</summary>
internal sealed class LimitOptions
{
    private readonly Option<decimal?> usd = Number("--max-usd", "Most that the run may cost, in USD, e.g. 2.50.", "USD", 0, 1e9m);
    private readonly Option<decimal?> tokens = Number("--max-tokens", "Most tokens that it may read and write, e.g. 3M.", "N", 1, 1e15m);
    private readonly Option<decimal?> agents = Number("--max-agents", "Most attempts, coordinators included.", "N", 1, 10_000_000);
    private readonly Option<TimeSpan?> wall = new("--max-wall")
    {
        Description = "Most wall-clock time, over all engines, e.g. 2h.",
        HelpName = "TIME",
        CustomParser = result =>
        {
            if (Duration.TryParse(result.Tokens[0].Value, out var span) && span > TimeSpan.Zero)
            {
                return span;
            }

            result.AddError($"'{result.Tokens[0].Value}' is no time like 30m or 2h");
            return null;
        },
    };

    /// <summary>A command that takes them.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (ReadOnlySpan<Option>)[usd, tokens, agents, wall])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What was given; null where nothing was.</summary>
    public RunLimits Of(ParseResult args) => new(
        Agents: (int?)args.GetValue(agents), Tokens: (long?)args.GetValue(tokens), Usd: args.GetValue(usd), Wall: args.GetValue(wall));

    private static Option<decimal?> Number(string name, string description, string helpName, decimal least, decimal most) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result =>
        {
            var isWhole = least == 1;
            if (Quantity.TryParse(result.Tokens[0].Value, out var number) && number >= least && number <= most && (!isWhole || decimal.IsInteger(number)))
            {
                return number;
            }

            result.AddError($"'{result.Tokens[0].Value}' is no {(isWhole ? "whole " : string.Empty)}number for {name} like {(isWhole ? "200 or 3M" : "2.50")}");
            return null;
        },
    };
}
