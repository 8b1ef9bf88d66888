using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.AI;

namespace Muster.Agents.Chat.Tools;

/// <summary>Bash: one command line, in a sandbox, under limits of time and output. Offered only where the plan allows it.</summary>
/// <param name="task">The attempt.</param>
/// <param name="runDirectory">Absolute path; hidden from the command.</param>
/// <param name="sandbox">Path of bubblewrap; null where there is none.</param>
/// <param name="mayRunBare">Whether the user's own settings allow it without a sandbox where there is none.</param>
/// <param name="mostCharacters">Of output that is returned.</param>
/// <param name="time">Time.</param>
internal sealed class BashTool(AgentTask task, string runDirectory, string? sandbox, bool mayRunBare, int mostCharacters, TimeProvider time) : IChatTool
{
    private const int UsualSeconds = 120, MostSeconds = 600;
    private const string Properties =
        """
        {"command":{"type":"string"},
        "timeout_seconds":{"type":"integer","description":"120 unless given, at most 600."}}
        """;

    private static readonly AIFunctionDeclaration Told = ToolSchema.Declare(
        "Bash", "Runs a command line with bash in the root directory, which is read-only, without network. Returns its output and exit code.", Properties, "command");

    private static readonly AIFunctionDeclaration ToldOfWorkspace = ToolSchema.Declare(
        "Bash", "Runs a command line with bash in your worktree, which it may change except for .git and .orchestration, without network. Returns its output and exit code.", Properties, "command");

    /// <inheritdoc/>
    public AIFunctionDeclaration Declaration => task.Worktree is null ? Told : ToldOfWorkspace;

    /// <inheritdoc/>
    public bool OnlyReads => false;

    /// <inheritdoc/>
    public async Task<string> RunAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var command = arguments.Text("command");
        var limit = TimeSpan.FromSeconds(arguments.Number("timeout_seconds", UsualSeconds, 1, MostSeconds));
        if (sandbox is null && !mayRunBare)
        {
            throw new ToolException("There is no sandbox (bubblewrap) on this machine, so no command is run. Use the other tools.");
        }

        using var ending = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ending.Token, cancellationToken);
        using var process = await StartAsync(command);
        await using var kill = either.Token.Register(() => Kill(process)).ConfigureAwait(false);
        process.StandardInput.Close();
        var output = new BoundedOutput(mostCharacters);
        await Task.WhenAll(output.TakeAsync(process.StandardOutput), output.TakeAsync(process.StandardError), process.WaitForExitAsync(CancellationToken.None));
        cancellationToken.ThrowIfCancellationRequested();
        return ending.IsCancellationRequested
            ? $"{output}\n[ended: it ran longer than {limit.TotalSeconds:N0} seconds]"
            : string.Create(CultureInfo.InvariantCulture, $"{output}\n[exit code {process.ExitCode}]");
    }

    private async Task<Process> StartAsync(string command)
    {
        var start = new ProcessStartInfo(sandbox ?? "bash")
        {
            UseShellExecute = false,
            WorkingDirectory = task.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/bin:/usr/bin:/bin";
        start.Environment["HOME"] = task.Directory;
        foreach (var argument in sandbox is null ? [] : Sandbox.Arguments(task, runDirectory).Append("bash"))
        {
            start.ArgumentList.Add(argument);
        }

        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(command);
        try
        {
            return await LastingThread.RunAsync(() => Process.Start(start)!);
        }
        catch (Win32Exception e)
        {
            throw new ToolException($"The command could not be started: {e.Message}.");
        }
    }

    /// <summary>Bubblewrap's end is the end of everything in its process namespace, daemons included.</summary>
    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It has ended by itself.
        }
    }
}
