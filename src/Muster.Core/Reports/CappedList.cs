using System.Collections.Immutable;

namespace Muster.Reports;

/// <summary>The first of many, and how many there are.</summary>
/// <param name="Listed">At most as many as a report shows.</param>
/// <param name="Count">All of them, the listed ones included.</param>
public sealed record CappedList<T>(ImmutableArray<T> Listed, int Count)
{
    /// <summary>How many are not listed.</summary>
    public int Unlisted => Count - Listed.Length;
}
