namespace Muster.Runs;

/// <summary>Finds steps by their id among a row of them.</summary>
/// <remarks>Open addressing over the rows themselves: about eight bytes a step, where a dictionary takes 28.</remarks>
internal sealed class StepIndex
{
    private const int MostFullPercent = 60;

    private readonly ChunkedList<StepRow> rows;
    private readonly int[] slots; // Index of a row plus one; 0 is free.

    /// <summary>Over the rows from <paramref name="first"/> up to <paramref name="end"/>, that one left out.</summary>
    /// <exception cref="ArgumentException">Two of them have one id.</exception>
    public StepIndex(ChunkedList<StepRow> rows, int first, int end)
    {
        this.rows = rows;
        slots = new int[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)((end - first) * 100L / MostFullPercent) + 1)];
        for (var i = first; i < end; i++)
        {
            ref var slot = ref SlotOf(rows[i].Id);
            slot = slot == 0 ? i + 1 : throw new ArgumentException($"Two steps have the id '{rows[i].Id}'.", nameof(rows));
        }
    }

    /// <summary>The index of the row with this id, or -1.</summary>
    public int IndexOf(ReadOnlySpan<char> id) => SlotOf(id) - 1;

    /// <summary>The slot of this id, or the free one where it would be.</summary>
    private ref int SlotOf(ReadOnlySpan<char> id)
    {
        for (var at = string.GetHashCode(id, StringComparison.Ordinal); ; at++)
        {
            ref var slot = ref slots[at & (slots.Length - 1)];
            if (slot == 0 || id.SequenceEqual(rows[slot - 1].Id))
            {
                return ref slot;
            }
        }
    }
}
