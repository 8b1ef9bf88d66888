using System.Collections.Immutable;

namespace Muster.Models;

/// <summary>Which model a tier means for each agent, and what models cost and hold. Never changes.</summary>
public sealed class ModelTable
{
    /// <summary>What a model is taken to hold and to write where nobody says: little enough for nearly all.</summary>
    public const int UnknownContextWindow = 128_000, UnknownMaxOutput = 8_192;

    private static readonly string[] Tiers = ["haiku", "sonnet", "opus"], Providers = ["anthropic/", "openai/", "google/"];
    private static readonly Lazy<ModelTable> Embedded = new(static () =>
        new(ModelCatalog.BuiltIn.Agents.ToImmutableDictionary(a => a.Key, a => a.Value.Tiers), ModelCatalog.BuiltIn.Models, Today(TimeProvider.System)));

    private readonly ImmutableDictionary<string, ImmutableDictionary<string, string>> tiers;
    private readonly ImmutableDictionary<string, ModelFacts> models;
    private readonly DateOnly day;

    private ModelTable(
        ImmutableDictionary<string, ImmutableDictionary<string, string>> tiers, ImmutableDictionary<string, ModelFacts> models, DateOnly day) =>
        (this.tiers, this.models, this.day) = (tiers, models, day);

    /// <summary>What comes with this program, as of today.</summary>
    public static ModelTable BuiltIn => Embedded.Value;

    /// <summary>This table as of the day of a clock: prices that begin later do not count yet.</summary>
    public ModelTable On(TimeProvider time) => new(tiers, models, Today(time));

    /// <summary>This table with a person's own figures over it.</summary>
    /// <param name="ownTiers">By agent: models by tier. A tier that is not named keeps its model.</param>
    /// <param name="ownModels">By model; what is not said of one stays.</param>
    internal ModelTable With(
        IEnumerable<KeyValuePair<string, ImmutableDictionary<string, string>>> ownTiers, IEnumerable<KeyValuePair<string, ModelFacts>> ownModels) =>
        new(
            ownTiers.Aggregate(tiers, static (all, own) => all.SetItem(own.Key, (all.GetValueOrDefault(own.Key) ?? []).SetItems(own.Value))),
            ownModels.Aggregate(models, static (all, own) => all.SetItem(own.Key, own.Value.Over(all.GetValueOrDefault(own.Key)))),
            day);

    /// <summary>The model that an agent is to use.</summary>
    /// <param name="agent">The agent's name.</param>
    /// <param name="model">A tier's name, or a model's own, which is returned as it is; so is a tier that the agent has no model for.</param>
    public string ModelOf(string agent, string model) => tiers.GetValueOrDefault(agent)?.GetValueOrDefault(model) ?? model;

    /// <summary>The tier whose model this is for an agent; null where it is none's.</summary>
    public string? TierOf(string agent, string model) => tiers.GetValueOrDefault(agent) is { } own ? Tiers.FirstOrDefault(tier => own.GetValueOrDefault(tier) == model) : null;

    /// <summary>What a model costs today; null where nobody knows, which is never taken as zero.</summary>
    /// <param name="model">
    /// A model's own name. A day at its end (<c>-20251001</c>, <c>-2025-10-01</c>) and a maker's name before it (<c>anthropic/</c>) are looked through.
    /// </param>
    public ModelPrice? PriceOf(string model) => FactsOf(model)?.Prices.LastOrDefault(p => p.From <= day);

    /// <summary>What tokens of a model cost in USD; null where its price is unknown.</summary>
    /// <param name="model">A model's own name.</param>
    /// <param name="tokens">Of one request, see <see cref="ModelPrice.Of"/>.</param>
    /// <param name="isBatch">Whether it went through the batch interface.</param>
    public decimal? CostOf(string model, ModelTokens tokens, bool isBatch = false) => PriceOf(model)?.Of(tokens, isBatch);

    /// <summary>Tokens that a model's context holds.</summary>
    public int ContextWindowOf(string model) => FactsOf(model)?.ContextWindow ?? UnknownContextWindow;

    /// <summary>Tokens that a model writes in one answer, at most.</summary>
    public int MaxOutputOf(string model) => FactsOf(model)?.MaxOutput ?? UnknownMaxOutput;

    /// <summary>The same, and null where nobody knows.</summary>
    public int? KnownMaxOutputOf(string model) => FactsOf(model)?.MaxOutput;

    /// <summary>Tokens that a model's context holds; null where nobody knows.</summary>
    public int? KnownContextWindowOf(string model) => FactsOf(model)?.ContextWindow;

    private ModelFacts? FactsOf(string model) =>
        models.GetValueOrDefault(model)
        ?? (WithoutDay(model) is { } undated ? FactsOf(undated) : null)
        ?? (Providers.FirstOrDefault(p => model.StartsWith(p, StringComparison.Ordinal)) is { } provider ? FactsOf(model[provider.Length..]) : null);

    private static string? WithoutDay(string model)
    {
        foreach (var format in (ReadOnlySpan<string>)["yyyyMMdd", "yyyy-MM-dd"])
        {
            if (model.Length > format.Length + 1 && model[^(format.Length + 1)] == '-'
                && DateOnly.TryParseExact(model.AsSpan(model.Length - format.Length), format, out _))
            {
                return model[..^(format.Length + 1)];
            }
        }

        return null;
    }

    private static DateOnly Today(TimeProvider time) => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
}
