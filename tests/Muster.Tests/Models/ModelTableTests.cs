using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Muster.Models;

namespace Muster.Tests.Models;

public sealed class ModelTableTests
{
    private static readonly ModelTable Table = ModelTable.BuiltIn.On(At("2026-11-25"));

    [Theory]
    [InlineData("claude")]
    [InlineData("anthropic")]
    [InlineData("codex")]
    [InlineData("openai")]
    [InlineData("opencode")]
    [InlineData("gemini")]
    public void Every_tier_of_every_agent_means_a_model_with_a_price_and_dearer_tiers_do_not_cost_less(string agent)
    {
        var costs = new[] { "haiku", "sonnet", "opus" }.Select(tier => Table.CostOf(Table.ModelOf(agent, tier), new(20_000, 1_500))).ToList();

        Assert.All(costs, cost => Assert.True(cost > 0));
        Assert.Equal(costs.Order(), costs);
    }

    [Fact]
    public void A_models_own_name_is_left_as_it_is()
    {
        Assert.Equal("claude-opus-5-5", Table.ModelOf("claude", "opus"));
        Assert.Equal("my-model", Table.ModelOf("claude", "my-model"));
        Assert.Equal("opus", Table.ModelOf("scripted", "opus"));
    }

    [Fact]
    public void An_unknown_model_has_no_price_and_no_cost_rather_than_none()
    {
        Assert.Null(Table.PriceOf("nobodys-model"));
        Assert.Null(Table.CostOf("nobodys-model", new(1, 1)));
        Assert.Equal(ModelTable.UnknownContextWindow, Table.ContextWindowOf("nobodys-model"));
    }

    [Theory]
    [InlineData("claude-haiku-4-5-20251001")]
    [InlineData("anthropic/claude-haiku-4-5")]
    [InlineData("anthropic/claude-haiku-4-5-20251001")]
    public void A_day_at_a_names_end_and_its_makers_name_are_looked_through(string model)
    {
        Assert.Equal(6m, Table.CostOf(model, new(1_000_000, 1_000_000)));
        Assert.Equal(200_000, Table.ContextWindowOf(model));
        Assert.Equal(64_000, Table.MaxOutputOf(model));
    }

    [Theory]
    [InlineData("somebody/claude-haiku-4-5")]
    [InlineData("claude-haiku-4-5-99999999")]
    [InlineData("claude-haiku-4-5-turbo")]
    public void What_only_looks_like_a_known_model_has_no_price(string model) => Assert.Null(Table.PriceOf(model));

    [Fact]
    public void Every_kind_of_token_has_its_own_price()
    {
        var cost = Table.CostOf("claude-opus-5-5", new(Input: 1_000_000, Output: 100_000, CacheRead: 500_000, CacheWrite: 200_000, CacheWriteLong: 100_000));

        Assert.Equal(4m + 2m + 0.1m + 1m + 0.8m, cost);
    }

    [Theory]
    [InlineData(100_000, "0.01")]
    [InlineData(100_001, "0.0500005")]
    public void A_request_whose_whole_prompt_is_longer_than_the_band_is_charged_dearer_altogether(long prompt, string usd)
    {
        Assert.Equal(decimal.Parse(usd, CultureInfo.InvariantCulture), Table.CostOf("claude-haiku-5-5", new(prompt, 0)));
        Assert.Equal(prompt > 100_000, Table.CostOf("claude-haiku-5-5", new(prompt - 90_000, 0, CacheRead: 90_000)) > 0.005m);
    }

    [Fact]
    public void A_batch_costs_half_and_nobody_knows_where_there_is_no_such_price()
    {
        Assert.Equal(0.5m, Table.CostOf("claude-haiku-4-5", new(1_000_000, 0), isBatch: true));
        Assert.Null(new ModelPrice(default, new(1, 1)).Of(new(1, 1), isBatch: true));
    }

    [Theory]
    [InlineData("2026-09-01", null)]
    [InlineData("2026-10-06", "0.2")]
    [InlineData("2026-10-07", "0.1")]
    public void The_price_is_the_latest_that_has_begun(string day, string? usd) => Assert.Equal(
        usd is null ? null : decimal.Parse(usd, CultureInfo.InvariantCulture),
        ModelTable.BuiltIn.On(At(day)).CostOf("claude-sonnet-5-5", new(0, 0, CacheRead: 1_000_000)));

    [Fact]
    public void Cached_tokens_without_a_price_of_their_own_count_as_read() =>
        Assert.Equal(3m, new ModelRates(1, 1).Of(new(0, 0, CacheRead: 1_000_000, CacheWrite: 1_000_000, CacheWriteLong: 1_000_000)));

    [Fact]
    public void Every_model_of_the_catalog_names_its_prices_day() =>
        Assert.All(ModelCatalog.BuiltIn.Models, model => Assert.All(model.Value.Prices, price => Assert.True(price.From.Year >= 2026, model.Key)));

    private static FakeTimeProvider At(string day) => new(DateTimeOffset.Parse(day + "T12:00:00Z", CultureInfo.InvariantCulture));
}
