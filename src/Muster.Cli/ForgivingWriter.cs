using System.Text;

namespace Muster.Cli;

/// <summary>A standard stream that a run survives: what cannot be written is dropped, and the first fault is kept to be told at the end.</summary>
internal sealed class ForgivingWriter(TextWriter inner) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    /// <summary>Why something was not written; null when everything was.</summary>
    public string? Fault { get; private set; }

    public override void Write(char value) => Try(() => inner.Write(value));

    public override void Write(char[] buffer, int index, int count) => Try(() => inner.Write(buffer, index, count));

    public override void Write(string? value) => Try(() => inner.Write(value));

    public override void WriteLine(string? value) => Try(() => inner.WriteLine(value));

    public override void Flush() => Try(inner.Flush);

    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            Fault ??= e.Message; // A full disk, or a descriptor that was closed before the program began.
        }
    }
}
