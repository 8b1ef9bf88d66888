namespace Muster.Agents;

/// <summary>An attempt that was to be adopted is gone: no exit was recorded and its process is no longer there.</summary>
public sealed class AttemptLostException : Exception
{
    /// <summary>Says how that was found.</summary>
    public AttemptLostException(string reason)
        : base(reason)
    {
    }
}
