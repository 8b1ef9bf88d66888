using System.Diagnostics;
using System.Text;

namespace Muster.Git;

/// <summary>Asks git about a tree. Nothing that the tree's own configuration names is run: no hook, no monitor, no pager.</summary>
public static class GitCommand
{
    private const int MostBytes = 256 << 20;

    private static readonly string[] Safe =
    [
        "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.pager=cat", "-c", "core.quotePath=false",
        "-c", "diff.external=", "-c", "protocol.file.allow=user", "--no-optional-locks",
    ];

    /// <summary>Runs git in a directory and hands back what it printed.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="arguments">Never given to a shell.</param>
    /// <param name="cancellationToken">Ends git.</param>
    /// <returns>Its standard output as UTF-8; null when git is not installed or said no.</returns>
    public static async Task<string?> ReadAsync(string directory, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        try
        {
            var outcome = await RunAsync(StartOf(directory, arguments), input: null, Timeout.InfiniteTimeSpan, cancellationToken);
            return outcome.ExitCode == 0 ? outcome.Text : null;
        }
        catch (GitException)
        {
            return null;
        }
    }

    /// <summary>The same for callers that cannot await.</summary>
    public static string? Read(string directory, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        try
        {
            using var git = Process.Start(StartOf(directory, arguments))!;
            using var ending = cancellationToken.Register(() => git.Kill(entireProcessTree: true));
            git.StandardInput.Close();
            git.ErrorDataReceived += (_, _) => { }; // Drained, so that git never waits for a reader.
            git.BeginErrorReadLine();
            var output = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            cancellationToken.ThrowIfCancellationRequested();
            return git.ExitCode == 0 ? output : null;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Runs git in a directory under the user's own configuration, and hands back all of its answer.</summary>
    /// <exception cref="GitException">Not installed, or too slow.</exception>
    public static Task<GitOutcome> AskAsync(string directory, IReadOnlyList<string> arguments, TimeSpan limit, CancellationToken cancellationToken) =>
        RunAsync(StartOf(directory, arguments), input: null, limit, cancellationToken);

    internal static ProcessStartInfo StartOf(string directory, IEnumerable<string> arguments, bool isSafe = true)
    {
        var start = new ProcessStartInfo("git")
        {
            UseShellExecute = false,
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            StandardOutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };
        foreach (var argument in isSafe ? Safe.Concat(arguments) : arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("GIT_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["LC_ALL"] = "C";
        return start;
    }

    /// <summary>Runs what was prepared; whatever ends the wait also ends git and what it started.</summary>
    internal static async Task<GitOutcome> RunAsync(
        ProcessStartInfo start, ReadOnlyMemory<byte>? input, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(start.WorkingDirectory))
        {
            throw GitException.Gone(start.WorkingDirectory);
        }

        Process git;
        try
        {
            git = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw GitException.NotInstalled(e);
        }

        using (git)
        {
            using var timed = new CancellationTokenSource(limit);
            var isTooMuch = false;
            await using var tooSlow = timed.Token.Register(() => git.Kill(entireProcessTree: true));
            await using var ending = cancellationToken.Register(() => git.Kill(entireProcessTree: true));
            var errors = git.StandardError.ReadToEndAsync(CancellationToken.None);
            var given = GiveAsync(git.StandardInput, input);
            using var output = new MemoryStream();
            var buffer = new byte[64 << 10];
            int read;
            while ((read = await git.StandardOutput.BaseStream.ReadAsync(buffer, CancellationToken.None)) > 0)
            {
                if (output.Length + read > MostBytes)
                {
                    isTooMuch = true;
                    git.Kill(entireProcessTree: true);
                    break;
                }

                await output.WriteAsync(buffer.AsMemory(0, read), CancellationToken.None);
            }

            await given;
            var said = await errors;
            await git.WaitForExitAsync(CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            var command = string.Join(' ', start.ArgumentList.Take(24));
            return isTooMuch ? throw GitException.TooMuch(command, start.WorkingDirectory, MostBytes)
                : timed.IsCancellationRequested ? throw GitException.TimedOut(command, start.WorkingDirectory, limit)
                : new GitOutcome(git.ExitCode, output.ToArray(), said);
        }
    }

    private static async Task GiveAsync(StreamWriter git, ReadOnlyMemory<byte>? input)
    {
        try
        {
            if (input is { } bytes)
            {
                await git.BaseStream.WriteAsync(bytes, CancellationToken.None);
            }

            git.Close();
        }
        catch (IOException)
        {
            // Git ended before it had read everything; its exit code says why.
        }
    }
}
