namespace Muster.Pipeline;

/// <summary>What an agent left does not count. The message says why, in words that its next attempt's prompt can use; no final full stop.</summary>
/// <param name="reason">Why.</param>
public sealed class StageRefusedException(string reason) : Exception(reason);
