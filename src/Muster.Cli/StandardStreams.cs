using Microsoft.Win32.SafeHandles;

namespace Muster.Cli;

/// <summary>Makes stdin, stdout and stderr safe to use, however the program was started.</summary>
internal static class StandardStreams
{
    private static readonly List<SafeFileHandle> Held = [];

    /// <summary>Stdout, of which a fault is told at the end.</summary>
    public static ForgivingWriter Output { get; private set; } = new(TextWriter.Null);

    /// <summary>To be called before anything is opened or printed.</summary>
    public static void Open()
    {
        if (!OperatingSystem.IsWindows())
        {
            HoldClosed();
        }

        Output = new(Console.Out);
        Console.SetOut(Output);
        Console.SetError(new ForgivingWriter(Console.Error));
    }

    /// <summary>A descriptor below 3 that is closed would be the next file's, a journal's perhaps, and be printed into.</summary>
    private static void HoldClosed()
    {
        while (true)
        {
            var handle = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            if (handle.DangerousGetHandle() > 2)
            {
                handle.Dispose();
                return;
            }

            Held.Add(handle);
        }
    }
}
