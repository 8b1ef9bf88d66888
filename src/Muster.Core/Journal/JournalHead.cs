using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Muster.Journal;

/// <summary>The version that was last written, in a file of its own: shows when the journal itself lost its end.</summary>
/// <remarks>Not flushed to the disk: it guards against lost or swapped files, and a machine that loses its cache loses both.</remarks>
internal sealed class JournalHead : IDisposable
{
    private readonly SafeFileHandle file;

    public JournalHead(string journalPath) => file = File.OpenHandle(
        Path.Combine(Path.GetDirectoryName(Path.GetFullPath(journalPath))!, "journal.head"),
        FileMode.OpenOrCreate,
        FileAccess.ReadWrite,
        FileShare.ReadWrite);

    public long? Read()
    {
        Span<byte> bytes = stackalloc byte[8];
        return RandomAccess.Read(file, bytes, 0) == 8 ? BinaryPrimitives.ReadInt64LittleEndian(bytes) : null;
    }

    public void Write(long version)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, version);
        try
        {
            RandomAccess.Write(file, bytes, 0);
        }
        catch (IOException)
        {
            // A marker that is behind only guards less; the journal itself has the entries.
        }
    }

    public void Dispose() => file.Dispose();
}
