namespace Muster.Plans;

/// <summary>A line of an items' file that is no item.</summary>
/// <param name="line">From 1.</param>
/// <param name="message">What is wrong with it, in words that follow "it".</param>
internal sealed class ItemException(int line, string message) : FormatException(message)
{
    /// <summary>Where, from 1.</summary>
    public int Line { get; } = line;
}
