using System.Buffers;
using System.Buffers.Text;
using System.IO.Compression;
using System.Numerics;
using System.Reflection;

namespace Muster.Synthesis;

/// <summary>The o200k vocabulary: which rows of bytes are a token, and which of two is merged first.</summary>
/// <remarks>
/// All tokens stand in one array, found by open addressing: 5 MB that 100 ms make. The library that the data comes with holds them as texts in
/// three dictionaries, which were 60 MB, 110 more while it was read, and the peak of a run of a million tasks.
/// </remarks>
internal sealed class TokenVocabulary
{
    /// <summary>The rank of what is no token.</summary>
    public const int None = int.MaxValue;

    private const string Data = "Microsoft.ML.Tokenizers.Data.O200kBase";
    private const int Slots = 1 << 19; // For 200,000 tokens.

    private readonly ArrayBufferWriter<byte> bytes = new(1 << 21);
    private readonly List<int> ends = new(200_000); // Where the token of each rank ends in the bytes.
    private readonly int[] slots = new int[Slots]; // A rank plus one; 0 is free.

    private TokenVocabulary()
    {
    }

    /// <summary>Reads it from the package's data: a line that says how many, then a token a line in Base64, by rank.</summary>
    public static TokenVocabulary Load()
    {
        using var stream = Assembly.Load(Data).GetManifestResourceStream("o200k_base.tiktoken.deflate")
            ?? throw new InvalidOperationException($"{Data} has no vocabulary in it.");
        using var reader = new StreamReader(new DeflateStream(stream, CompressionMode.Decompress), System.Text.Encoding.Latin1);
        var vocabulary = new TokenVocabulary();
        _ = reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            vocabulary.Add(line);
        }

        return vocabulary;
    }

    /// <summary>The rank of a token: the lower of two is merged first. <see cref="None"/> where it is not one.</summary>
    public int RankOf(ReadOnlySpan<byte> token) => slots[SlotOf(token)] is > 0 and var found ? found - 1 : None;

    private void Add(string line)
    {
        var start = bytes.WrittenCount;
        if (!Base64.IsValid(line) || !Convert.TryFromBase64String(line, bytes.GetSpan(line.Length), out var length))
        {
            throw new InvalidOperationException($"'{line}' in {Data} is not Base64.");
        }

        bytes.Advance(length);
        ends.Add(start + length);
        if (length > 0) // A rank may have no token.
        {
            slots[SlotOf(bytes.WrittenSpan[start..])] = ends.Count;
        }
    }

    /// <summary>Where a token stands, or the free slot where it would.</summary>
    private int SlotOf(ReadOnlySpan<byte> token)
    {
        var hash = 2_166_136_261u; // FNV-1a.
        foreach (var one in token)
        {
            hash = (hash ^ one) * 16_777_619;
        }

        for (var at = hash ^ BitOperations.RotateRight(hash, 15); ; at++)
        {
            var slot = (int)(at & (Slots - 1));
            if (slots[slot] == 0 || token.SequenceEqual(TokenAt(slots[slot] - 1)))
            {
                return slot;
            }
        }
    }

    private ReadOnlySpan<byte> TokenAt(int rank)
    {
        var start = rank == 0 ? 0 : ends[rank - 1];
        return bytes.WrittenSpan[start..ends[rank]];
    }
}
