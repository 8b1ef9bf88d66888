namespace Muster.Runs;

/// <summary>A model that steps of a run use, settled when the run is planned: what a tier means must not change under it.</summary>
/// <param name="Agent">The agent that uses it.</param>
/// <param name="Name">As the plan has it: a tier's name, or the model's own.</param>
/// <param name="Model">The model's own name.</param>
/// <param name="InputUsd">USD per million tokens read; null: nobody knows.</param>
/// <param name="OutputUsd">USD per million tokens written; null: nobody knows.</param>
public sealed record RunModel(string Agent, string Name, string Model, decimal? InputUsd, decimal? OutputUsd)
{
    /// <summary>Whether its price is known.</summary>
    public bool IsPriced => InputUsd is not null && OutputUsd is not null;

    /// <summary>What tokens cost at list prices, without caching; null where nobody knows.</summary>
    public decimal? Usd(long reads, long writes) => ((reads * InputUsd) + (writes * OutputUsd)) / 1_000_000m;

    /// <summary>Whether an agent uses models at all.</summary>
    public static bool IsUsedBy(string agent) => agent is not ("inspect" or "scripted" or "command");
}
