using System.Diagnostics;
using System.Text;

namespace Muster.Git;

/// <summary>Asks git about a tree. Nothing that the tree's own configuration names is run: no hook, no monitor, no pager.</summary>
public static class GitCommand
{
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
    public static Task<string?> ReadAsync(string directory, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        RunAsync(StartOf(directory, arguments), cancellationToken);

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

    private static ProcessStartInfo StartOf(string directory, IReadOnlyList<string> arguments)
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
        foreach (var argument in Safe.Concat(arguments))
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

    private static async Task<string?> RunAsync(ProcessStartInfo start, CancellationToken cancellationToken)
    {
        Process git;
        try
        {
            git = Process.Start(start)!;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or DirectoryNotFoundException)
        {
            return null;
        }

        using (git)
        {
            await using var ending = cancellationToken.Register(() => git.Kill(entireProcessTree: true));
            git.StandardInput.Close();
            var errors = git.StandardError.ReadToEndAsync(CancellationToken.None);
            var output = await git.StandardOutput.ReadToEndAsync(CancellationToken.None);
            await errors;
            await git.WaitForExitAsync(CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            return git.ExitCode == 0 ? output : null;
        }
    }
}
