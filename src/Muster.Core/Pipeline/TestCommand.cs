using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Muster.Artefacts;

namespace Muster.Pipeline;

/// <summary>Runs a project's tests in a worktree: the engine itself, since an agent's word about its tests counts for nothing.</summary>
internal sealed class TestCommand
{
    private const int MostTail = 8_000;
    private const long MostLog = 16 << 20;

    private readonly string? bubblewrap;
    private readonly string runDirectory;
    private readonly TimeSpan limit;
    private readonly bool useNetwork;

    /// <summary>For the worktrees of one run.</summary>
    /// <param name="bubblewrap">Path of bubblewrap; null where it does not work: then the command runs without a sandbox.</param>
    /// <param name="runDirectory">Absolute path, hidden from the command.</param>
    /// <param name="limit">Longest time that it may take.</param>
    /// <param name="useNetwork">Whether it may use the network.</param>
    public TestCommand(string? bubblewrap, string runDirectory, TimeSpan limit, bool useNetwork) =>
        (this.bubblewrap, this.runDirectory, this.limit, this.useNetwork) = (bubblewrap, runDirectory, limit, useNetwork);

    /// <summary>Runs it; everything that it prints is kept in a file.</summary>
    /// <param name="command">Program and arguments; never given to a shell.</param>
    /// <param name="worktree">Absolute path.</param>
    /// <param name="log">Absolute path of the file.</param>
    /// <param name="stop">Ends it and what it started.</param>
    public async Task<TestResult> RunAsync(IReadOnlyList<string> command, string worktree, string log, CancellationToken stop)
    {
        var words = bubblewrap is null ? command : TestSandbox.Wrap(bubblewrap, worktree, runDirectory, useNetwork, command);
        var start = new ProcessStartInfo(words[0], words.Skip(1))
        {
            UseShellExecute = false,
            WorkingDirectory = worktree,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in TestSandbox.Variables())
        {
            start.Environment[name] = value;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(log)!);
        await using var file = new FileStream(log, FileMode.Create, FileAccess.Write, FileShare.Read);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limited.CancelAfter(limit);
        var how = "it did not end within " + Math.Round(limit.TotalSeconds).ToString(CultureInfo.InvariantCulture) + " s";
        var passed = false;
        try
        {
            using var process = Process.Start(start)!;
            try
            {
                process.StandardInput.Close();
                var gate = new SemaphoreSlim(1);
                await Task.WhenAll(
                    KeepAsync(process.StandardOutput.BaseStream, file, gate, limited.Token),
                    KeepAsync(process.StandardError.BaseStream, file, gate, limited.Token),
                    process.WaitForExitAsync(limited.Token));
                (passed, how) = (process.ExitCode == 0, string.Create(CultureInfo.InvariantCulture, $"exit code {process.ExitCode}"));
            }
            finally
            {
                if (!process.HasExited)
                {
                    process.Kill(entireProcessTree: true);
                }
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // It took too long.
        }
        catch (Win32Exception e)
        {
            how = $"'{words[0]}' cannot be started: {e.Message}";
        }

        await file.FlushAsync(stop);
        return new(passed, how, Tail(log), bubblewrap is not null);
    }

    private static async Task KeepAsync(Stream from, FileStream to, SemaphoreSlim gate, CancellationToken stop)
    {
        var buffer = new byte[16_384];
        for (int count; (count = await from.ReadAsync(buffer, stop)) > 0;)
        {
            await gate.WaitAsync(stop);
            try
            {
                if (to.Length < MostLog)
                {
                    await to.WriteAsync(buffer.AsMemory(0, count), stop);
                    await to.FlushAsync(stop);
                }
            }
            finally
            {
                gate.Release();
            }
        }
    }

    /// <summary>The last that was printed, as it may be shown to people and agents.</summary>
    private static string Tail(string log)
    {
        using var file = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Seek(-Math.Min(file.Length, MostTail), SeekOrigin.End);
        using var reader = new StreamReader(file);
        return SecretMask.Apply(DisplayText.Clean(reader.ReadToEnd())).Trim();
    }
}
