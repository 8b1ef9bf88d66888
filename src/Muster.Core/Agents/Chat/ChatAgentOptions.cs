namespace Muster.Agents.Chat;

/// <summary>Limits of the agents that talk to a chat API.</summary>
public sealed record ChatAgentOptions
{
    /// <summary>Responses of one attempt; 100. A worker with a narrow task needs 5 to 20.</summary>
    public int MostTurns { get; init; } = 100;

    /// <summary>Characters of one tool's output that a model gets; 30,000, some 8,000 tokens.</summary>
    public int MostToolCharacters { get; init; } = 30_000;

    /// <summary>Tokens of one response; 16,000 or what the model can, whichever is less.</summary>
    public int MostOutputTokens { get; init; } = 16_000;

    /// <summary>The same for a role that writes files, each in one call that no other can go on with; 64,000, or what the model can.</summary>
    public int MostFileTokens { get; init; } = 64_000;

    /// <summary>Longest time without a byte of a response; 4 minutes, so that it is noticed before the watchdog ends the whole attempt.</summary>
    public TimeSpan StreamIdle { get; init; } = TimeSpan.FromMinutes(4);

    /// <summary>Tries of one request; 6.</summary>
    public int MostTries { get; init; } = 6;

    /// <summary>Longest waiting for a busy provider, in an attempt that has paid for nothing yet; 30 s. Then its place is free for others.</summary>
    public TimeSpan FirstPatience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The same in an attempt whose turns were paid for; 10 minutes, since giving up means paying for them again.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether commands may run without a sandbox where there is none; no, unless the user's own settings say so.</summary>
    public bool MayRunBare { get; init; }
}
