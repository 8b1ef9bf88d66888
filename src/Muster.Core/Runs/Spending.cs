namespace Muster.Runs;

/// <summary>What attempts took together. A cost that nobody knows is counted apart, never as zero.</summary>
/// <param name="Attempts">How many.</param>
/// <param name="InputTokens">Read, cache included.</param>
/// <param name="OutputTokens">Written.</param>
/// <param name="KnownUsd">The sum of the known costs.</param>
/// <param name="Unknown">Attempts whose cost nobody knows.</param>
public readonly record struct Spending(int Attempts, long InputTokens, long OutputTokens, decimal KnownUsd, int Unknown)
{
    /// <summary>Read and written together.</summary>
    public long Tokens => InputTokens + OutputTokens;

    /// <summary>Whether there is nothing to tell: no token, no cost and no unknown one.</summary>
    public bool IsNothing => Tokens == 0 && KnownUsd == 0 && Unknown == 0;

    /// <summary>The whole cost; null where a part of it is unknown.</summary>
    public decimal? Usd => Unknown == 0 ? KnownUsd : null;

    /// <summary>With one more attempt.</summary>
    public Spending Plus(Usage usage) => new(
        Attempts + 1, InputTokens + usage.InputTokens, OutputTokens + usage.OutputTokens, KnownUsd + (usage.Usd ?? 0), Unknown + (usage.Usd is null ? 1 : 0));

    /// <summary>The sum.</summary>
    public Spending Plus(Spending other) => new(
        Attempts + other.Attempts, InputTokens + other.InputTokens, OutputTokens + other.OutputTokens, KnownUsd + other.KnownUsd, Unknown + other.Unknown);

    /// <summary>The cost in words: "1.20 USD", "at least 1.20 USD, 3 attempts of unknown cost", "3 attempts of unknown cost".</summary>
    public override string ToString()
    {
        var unknown = $"{Unknown:N0} {(Unknown == 1 ? "attempt" : "attempts")} of unknown cost";
        return Unknown == 0 ? $"{Shown(KnownUsd)} USD" : KnownUsd == 0 ? unknown : $"at least {Shown(KnownUsd)} USD, {unknown}";
    }

    /// <summary>An amount with as many places as tell it from nothing.</summary>
    public static string Shown(decimal usd) => usd is 0 or >= 0.01m ? $"{usd:0.00}" : usd >= 0.0001m ? $"{usd:0.0000}" : "less than 0.0001";
}
