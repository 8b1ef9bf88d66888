namespace Muster.Runs;

/// <summary>A list that grows without ever copying what it holds, so that a million steps do not take twice their memory while they are laid out.</summary>
internal sealed class ChunkedList<T>
{
    private const int Bits = 12, Size = 1 << Bits;

    private readonly List<T[]> chunks = [];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>The element at <paramref name="index"/>, in place.</summary>
    public ref T this[int index] => ref chunks[index >> Bits][index & (Size - 1)];

    /// <summary>Appends one.</summary>
    public void Add(T item)
    {
        if (Count == chunks.Count << Bits)
        {
            chunks.Add(new T[Size]);
        }

        this[Count++] = item;
    }
}
