using System.Text;

namespace Muster.Agents.Chat.Tools;

/// <summary>What a command prints: its beginning and its end, however much it is.</summary>
internal sealed class BoundedOutput(int most)
{
    private readonly StringBuilder head = new();
    private readonly Queue<char> tail = new();
    private readonly Lock gate = new();
    private long cut;

    /// <summary>Reads a stream to its end.</summary>
    public async Task TakeAsync(TextReader reader)
    {
        var block = new char[4_096];
        while (await reader.ReadAsync(block.AsMemory(), CancellationToken.None) is > 0 and var length)
        {
            lock (gate)
            {
                Take(block.AsSpan(0, length));
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        lock (gate)
        {
            return head + (cut > 0 ? $"\n[cut: {cut:N0} characters]\n" : string.Empty) + string.Concat(tail);
        }
    }

    private void Take(ReadOnlySpan<char> text)
    {
        var fits = Math.Min(text.Length, (most / 2) - head.Length);
        head.Append(text[..fits]);
        foreach (var character in text[fits..])
        {
            tail.Enqueue(character);
            if (tail.Count > most / 2)
            {
                tail.Dequeue();
                cut++;
            }
        }
    }
}
