using Muster.Models;
using Muster.Runs;

namespace Muster.Agents.Chat;

/// <summary>What the turns of an attempt took together.</summary>
internal sealed class ChatTally
{
    private ModelTokens tokens;
    private decimal? usd = 0m;

    /// <summary>For the run.</summary>
    public Usage Usage => new(tokens.Prompt, tokens.Output, usd);

    /// <summary>Whether anything was paid for.</summary>
    public bool HasPaid { get; private set; }

    /// <summary>One response. A cost that nobody knows makes the whole unknown; it is never taken as nothing.</summary>
    public void Add(ModelTokens? taken, decimal? cost)
    {
        HasPaid = true;
        tokens = tokens.Plus(taken ?? default);
        usd += cost;
    }
}
