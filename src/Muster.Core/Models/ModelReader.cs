using System.Collections.Immutable;
using Muster.Plans;

namespace Muster.Models;

/// <summary>Reads models and their prices from YAML: of the catalog and of a person's settings alike.</summary>
internal sealed class ModelReader(ProblemList problems)
{
    private const decimal Dearest = 100_000;

    private static readonly string[] Tiers = ["haiku", "sonnet", "opus"];
    private static readonly string[] Rates = ["input", "output", "cache_read", "cache_write", "cache_write_1h"];

    private readonly YamlFields yaml = new(problems);

    /// <summary>What the catalog says of agents.</summary>
    public ImmutableDictionary<string, KnownAgent> KnownAgents(PlanNode node) => Entries(node, "agents").ToImmutableDictionary(
        e => e.Key.Text,
        e => yaml.Fields(e.Value, ["program", "key", "tiers"], "an agent") is { } agent
            ? new KnownAgent(
                agent.TryGetValue("program", out var program) ? yaml.Text(program) : null,
                agent.TryGetValue("key", out var key) ? yaml.Text(key) : null,
                TierModels(agent.GetValueOrDefault("tiers")))
            : new(null, null, []));

    /// <summary>Models by tier.</summary>
    public ImmutableDictionary<string, string> TierModels(PlanNode? node) =>
        node is not null && yaml.Fields(node, Tiers, "a tier map") is { } tiers
            ? tiers.Select(t => (t.Key, Model: yaml.Text(t.Value))).Where(t => t.Model is not null).ToImmutableDictionary(t => t.Key, t => t.Model!)
            : [];

    /// <summary>Facts by model.</summary>
    public ImmutableDictionary<string, ModelFacts> Models(PlanNode node) =>
        Entries(node, "models").ToImmutableDictionary(e => e.Key.Text, e => Model(e.Value));

    private ModelFacts Model(PlanNode node) => yaml.Fields(node, ["context", "max_output", "prices"], "a model") is { } model
        ? new()
        {
            ContextWindow = (int?)yaml.Number(model.GetValueOrDefault("context"), 1_000, 1_000_000_000, whole: true),
            MaxOutput = (int?)yaml.Number(model.GetValueOrDefault("max_output"), 1, 1_000_000_000, whole: true),
            Prices = model.TryGetValue("prices", out var prices) ? Prices(prices) : [],
        }
        : new();

    /// <summary>A list of prices, or one alone.</summary>
    private ImmutableArray<ModelPrice> Prices(PlanNode node) =>
        [.. (node is PlanNode.List list ? list.Items : [node]).Select(Price).OfType<ModelPrice>().OrderBy(p => p.From)];

    private ModelPrice? Price(PlanNode node)
    {
        if (yaml.Fields(node, ["from", .. Rates, "batch", "above"], "a price") is not { } price || RatesOf(price, node) is not { } rates)
        {
            return null;
        }

        var above = price.TryGetValue("above", out var a) ? yaml.Fields(a, ["tokens", .. Rates], "a price above") : null;
        var threshold = above is null ? null : (long?)yaml.Number(yaml.Required(above, "tokens", a!), 1, 1e12m, whole: true);
        return new(
            price.TryGetValue("from", out var from) ? yaml.Day(from) ?? default : default,
            rates,
            threshold,
            threshold is null ? null : RatesOf(above!, a!),
            yaml.Number(price.GetValueOrDefault("batch"), 0, 10));
    }

    private ModelRates? RatesOf(Dictionary<string, PlanNode> rates, PlanNode of) =>
        yaml.Number(yaml.Required(rates, "input", of), 0, Dearest) is { } input && yaml.Number(yaml.Required(rates, "output", of), 0, Dearest) is { } output
            ? new(input, output, Rate(rates, "cache_read"), Rate(rates, "cache_write"), Rate(rates, "cache_write_1h"))
            : null;

    private decimal? Rate(Dictionary<string, PlanNode> rates, string key) => yaml.Number(rates.GetValueOrDefault(key), 0, Dearest);

    private ImmutableArray<(PlanNode.Scalar Key, PlanNode Value)> Entries(PlanNode node, string what)
    {
        if (node is PlanNode.Map map)
        {
            return map.Entries;
        }

        problems.Error(node, $"'{what}' is {node.Kind}.", $"Write {what} by name, each with its own keys.");
        return [];
    }
}
