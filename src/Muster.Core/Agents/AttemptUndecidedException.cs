namespace Muster.Agents;

/// <summary>An attempt may have been paid for, and what became of it cannot be found out now. It is not done again by itself.</summary>
public sealed class AttemptUndecidedException : Exception
{
    /// <summary>Says why it cannot be found out, without a final full stop.</summary>
    public AttemptUndecidedException(string reason)
        : base(reason)
    {
    }
}
