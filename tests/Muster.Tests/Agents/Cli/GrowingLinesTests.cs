using System.Text;
using Muster.Agents.Cli;

namespace Muster.Tests.Agents.Cli;

public sealed class GrowingLinesTests : IDisposable
{
    private readonly TempDirectory home = new();

    private string Log => Path.Combine(home.Path, "stdout.log");

    public void Dispose() => home.Dispose();

    [Fact]
    public void A_line_is_read_once_and_only_when_it_is_whole()
    {
        var lines = new GrowingLines(Log);
        Assert.Empty(Read(lines));

        File.AppendAllText(Log, "one\ntw");
        Assert.Equal(["one"], Read(lines));
        Assert.Empty(Read(lines));

        File.AppendAllText(Log, "o\n\nthr");
        Assert.Equal(["two"], Read(lines));
        Assert.Equal(["thr"], Read(lines, isComplete: true));
        Assert.Empty(Read(lines, isComplete: true));
    }

    /// <summary>Fault 7: a stream that ends in the middle of a character.</summary>
    [Fact]
    public void Half_a_character_waits_for_its_other_half()
    {
        var lines = new GrowingLines(Log);
        var bytes = Encoding.UTF8.GetBytes("ü\n");
        File.WriteAllBytes(Log, bytes[..1]);
        Assert.Empty(Read(lines));

        using (var file = new FileStream(Log, FileMode.Append))
        {
            file.Write(bytes.AsSpan(1));
        }

        Assert.Equal(["ü"], Read(lines));
    }

    /// <summary>Fault 27: one line of 200 MB.</summary>
    [Fact]
    public void A_line_of_200_MB_is_left_out_in_little_memory_and_the_next_is_read()
    {
        using (var file = File.Create(Log))
        {
            file.Write("before\n"u8);
            file.SetLength(200 << 20); // Zeros: as long as any other bytes.
            file.Seek(0, SeekOrigin.End);
            file.Write("\nafter\n"u8);
        }

        var lines = new GrowingLines(Log);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(["before", "after"], Read(lines));
        Assert.Equal(1, lines.TooLong);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 6 * GrowingLines.MostBytes);
    }

    private static List<string> Read(GrowingLines lines, bool isComplete = false) =>
        [.. lines.Read(isComplete).Select(line => Encoding.UTF8.GetString(line.Span))];
}
