namespace Muster.Runs;

/// <summary>What is set aside for an attempt before it is dispatched, so that a run cannot overshoot a limit by a batch.</summary>
/// <param name="Tokens">Tokens read and written. 0: nothing is set aside, and nothing is too much.</param>
/// <param name="Usd">USD, likewise.</param>
public readonly record struct AttemptReserve(long Tokens, decimal Usd)
{
    /// <summary>What a worker that explores a scope is expected to read and write, in tokens.</summary>
    public const long WorkerReads = 20_000, WorkerWrites = 1_500;

    /// <summary>What a coordinator that reads eight files is expected to read and write, in tokens.</summary>
    public const long CoordinatorReads = 14_000, CoordinatorWrites = 1_500;

    /// <summary>Real use varies by about this factor.</summary>
    private const int Spread = 3;

    /// <summary>Nothing: what an agent without a model needs.</summary>
    public static AttemptReserve Nothing => default;

    /// <summary>Where the plan names no figure: three times what an attempt of that role is expected to take, at its model's list price, else the tier's.</summary>
    public static AttemptReserve Default(Role role, Tier tier, RunModel? model = null)
    {
        var (reads, writes) = Expected(role);
        return new((reads + writes) * Spread, model?.Usd(reads * Spread, writes * Spread) ?? Price(tier, reads * Spread, writes * Spread));
    }

    /// <summary>What an attempt of a role is expected to read and write, in tokens. The figures of a build are round guesses: nobody has measured them yet.</summary>
    public static (long Reads, long Writes) Expected(Role role) => role switch
    {
        Role.Coordinator => (CoordinatorReads, CoordinatorWrites),
        Role.Builder or Role.Action => (200_000, 25_000),
        Role.Architect or Role.Scaffolder => (80_000, 15_000),
        Role.Qc or Role.Curator or Role.Judge or Role.Shipper => (60_000, 4_000),
        Role.Trainer => (30_000, 15_000),
        _ => (WorkerReads, WorkerWrites),
    };

    /// <summary>What a step's attempt sets aside under these limits: the plan's figure, else the default, and only what is limited.</summary>
    /// <param name="limits">The run's.</param>
    /// <param name="agent">Name of the agent.</param>
    /// <param name="role">The step's role.</param>
    /// <param name="tier">The step's tier.</param>
    /// <param name="model">Its model, whose own price counts where it is known; null: none is known of, and the tier's counts.</param>
    public static AttemptReserve Of(RunLimits limits, string agent, Role role, Tier tier, RunModel? model = null)
    {
        if (IsFree(agent))
        {
            return Nothing;
        }

        var usual = Default(role, tier, model);
        return new(
            limits.AttemptTokens ?? (limits.Tokens is null ? 0 : usual.Tokens),
            limits.AttemptUsd ?? (limits.Usd is null ? 0 : usual.Usd));
    }

    /// <summary>What an attempt took beyond what was set aside for it, in words; null when it did not.</summary>
    public string? Overrun(Usage usage) =>
        Tokens > 0 && usage.Tokens > Tokens ? $"it used {usage.Tokens:N0} tokens of the {Tokens:N0} set aside for it"
        : Usd > 0 && usage.Usd > Usd ? $"it cost {usage.Usd:0.00##} USD of the {Usd:0.00##} set aside for it"
        : null;

    /// <summary>Whether an agent uses no model: the embedded inspector, the engine itself, and programs, whose cost nobody knows of.</summary>
    public static bool IsFree(string agent) => agent is "inspect" or "command" or BuildHeader.EngineAgent;

    /// <summary>What a tier is taken to cost where its model is not known: USD per million tokens in and out, 1/5, 3/15 and 5/25; without caching.</summary>
    private static decimal Price(Tier tier, long reads, long writes)
    {
        var (read, write) = tier switch { Tier.Haiku => (1m, 5m), Tier.Sonnet => (3m, 15m), _ => (5m, 25m) };
        return ((reads * read) + (writes * write)) / 1_000_000m;
    }
}
