namespace Muster.Models;

/// <summary>What a model costs from a day on.</summary>
/// <param name="From">The first day; UTC.</param>
/// <param name="Rates">For a request as usual.</param>
/// <param name="AbovePrompt">A request whose prompt has more tokens than this is charged by <paramref name="AboveRates"/> altogether; null: none is.</param>
/// <param name="AboveRates">The rates of such a request; null where there are none.</param>
/// <param name="BatchFactor">What the batch interface's prices are multiplied by; null where there is no such price.</param>
public sealed record ModelPrice(DateOnly From, ModelRates Rates, long? AbovePrompt = null, ModelRates? AboveRates = null, decimal? BatchFactor = null)
{
    /// <summary>The cost of one request in USD.</summary>
    /// <param name="tokens">
    /// Of one request. The sum of several may fall into a dearer band than its parts, never into a cheaper one: then this is the most that they cost.
    /// </param>
    /// <param name="isBatch">Whether it went through the batch interface.</param>
    /// <returns>Null where nobody knows what a batch costs.</returns>
    public decimal? Of(ModelTokens tokens, bool isBatch = false)
    {
        var usd = (AboveRates is not null && tokens.Prompt > AbovePrompt ? AboveRates : Rates).Of(tokens);
        return isBatch ? usd * BatchFactor : usd;
    }
}
