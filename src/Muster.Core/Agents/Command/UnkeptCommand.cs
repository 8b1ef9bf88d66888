using System.Diagnostics;
using System.Runtime.CompilerServices;
using Muster.Agents.Keeping;
using Muster.Runs;

namespace Muster.Agents.Command;

/// <summary>A command as a plain child of the engine, where there is no keeper (macOS and Windows).</summary>
/// <remarks>Weaker: it ends with the engine's attempt only as far as <see cref="Process.Kill(bool)"/> finds its tree, and is never adopted.</remarks>
internal static class UnkeptCommand
{
    public static async IAsyncEnumerable<AgentReport> RunAsync(
        AgentTask task, string runDirectory, CommandAgentOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (CommandReports.Unusable(task) is { } unusable)
        {
            yield return unusable;
            yield break;
        }

        using var process = new Process { StartInfo = StartOf(task, runDirectory) };
        if (TryStart(process) is { } refused)
        {
            yield return CommandReports.Finished(task, refused);
            yield break;
        }

        yield return new AgentReport.Started(process.Id, 0);
        AttemptEnd end;
        try
        {
            await Task.WhenAll(
                FeedAsync(process, task.Prompt, cancellationToken),
                SaveAsync(process.StandardOutput.BaseStream, Path.Combine(task.Directory, "stdout.log"), options, cancellationToken),
                SaveAsync(process.StandardError.BaseStream, Path.Combine(task.Directory, "stderr.log"), options, cancellationToken),
                process.WaitForExitAsync(cancellationToken));
            end = new(process.ExitCode, null, null, FailureClass.Agent);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }

        yield return CommandReports.Finished(task, end);
    }

    private static ProcessStartInfo StartOf(AgentTask task, string runDirectory)
    {
        var start = new ProcessStartInfo(task.Spec!.Command[0], task.Spec.Command.Skip(1))
        {
            WorkingDirectory = task.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment.Clear();
        foreach (var (name, value) in CommandEnvironment.Of(task, runDirectory))
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private static AttemptEnd? TryStart(Process process)
    {
        try
        {
            process.Start();
            return null;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return new(null, null, $"the program '{process.StartInfo.FileName}' cannot be started: {e.Message}", FailureClass.Permanent);
        }
    }

    private static async Task FeedAsync(Process process, string prompt, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.WriteAsync(prompt.AsMemory(), cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It does not read its prompt: its own affair.
        }
    }

    private static async Task SaveAsync(Stream from, string path, CommandAgentOptions options, CancellationToken cancellationToken)
    {
        await using var to = File.Create(path);
        var buffer = new byte[16_384];
        for (int count; (count = await from.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (to.Length + count <= options.MaxStreamBytes)
            {
                await to.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            }
        }
    }
}
