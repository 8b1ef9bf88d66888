using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Muster.Agents.Keeping;

/// <summary>Runs a program that answers at once, with nothing on its stdin and a time limit.</summary>
internal static class ShortProgram
{
    private const int MostOutput = 10_000;

    /// <summary>What became of it: its exit code, null where it could not start or took too long, and the beginning of what it printed, else why.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="arguments">Never given to a shell.</param>
    /// <param name="limit">Then its whole tree is ended.</param>
    /// <param name="home">An empty directory that it takes for its home, so that it finds no login and leaves nothing behind.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<(int? ExitCode, string Output)> RunAsync(
        string program, IReadOnlyList<string> arguments, TimeSpan limit, string home, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = home,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var path = start.Environment.TryGetValue("PATH", out var value) ? value : null;
        start.Environment.Clear();
        foreach (var (name, text) in new[] { ("PATH", path ?? "/usr/local/bin:/usr/bin:/bin"), ("HOME", home), ("TMPDIR", home), ("LC_ALL", "C.UTF-8") })
        {
            start.Environment[name] = text;
        }

        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(limit);
        try
        {
            using var process = Process.Start(start)!;
            try
            {
                process.StandardInput.Close();
                var errors = HeadAsync(process.StandardError, limited.Token);
                var output = await HeadAsync(process.StandardOutput, limited.Token);
                var error = await errors;
                await process.WaitForExitAsync(limited.Token);
                return (process.ExitCode, string.IsNullOrWhiteSpace(output) ? error : output);
            }
            finally
            {
                if (!process.HasExited)
                {
                    process.Kill(entireProcessTree: true);
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, $"it did not end within {limit.TotalSeconds:0} s");
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            return (null, e.Message);
        }
    }

    private static async Task<string> HeadAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var (head, buffer) = (new StringBuilder(), new char[4_096]);
        while (await reader.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            head.Append(buffer, 0, Math.Min(read, Math.Max(0, MostOutput - head.Length)));
        }

        return head.ToString();
    }

    /// <summary>The first line of what was printed.</summary>
    public static string FirstLine(string output) =>
        output.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0) ?? "it printed nothing";
}
