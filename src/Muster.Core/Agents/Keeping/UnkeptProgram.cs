using System.Diagnostics;
using System.Runtime.CompilerServices;
using Muster.Runs;

namespace Muster.Agents.Keeping;

/// <summary>An attempt's program as a plain child of the engine, where there is no keeper (macOS and Windows).</summary>
/// <remarks>Weaker: it ends with the engine's attempt only as far as <see cref="Process.Kill(bool)"/> finds its tree, and is never adopted.</remarks>
internal sealed class UnkeptProgram : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    private readonly KeeperRequest order;
    private readonly Process process;

    private UnkeptProgram(KeeperRequest order) => (this.order, process) = (order, new() { StartInfo = StartOf(order) });

    public static async IAsyncEnumerable<KeeperEvent> RunAsync(
        KeeperRequest order, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var program = new UnkeptProgram(order);
        if (program.TryStart() is { } refused)
        {
            yield return new(0) { Ended = refused };
            yield break;
        }

        AttemptEnd end;
        try
        {
            yield return new(0) { Started = new(program.process.Id, 0, string.Empty) };
            var work = program.WorkAsync(cancellationToken);
            for (var seen = 0L; await Task.WhenAny(work, Task.Delay(LookEvery, TimeProvider.System, cancellationToken)) != work;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var now = Length(order.Directory, "stdout.log") + Length(order.Directory, "stderr.log");
                if (now > seen)
                {
                    seen = now;
                    yield return new(0);
                }
            }

            end = await work;
        }
        finally
        {
            program.process.Kill(entireProcessTree: true);
        }

        yield return new(0) { Ended = end };
    }

    public void Dispose() => process.Dispose();

    private async Task<AttemptEnd> WorkAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(
            FeedAsync(cancellationToken),
            SaveAsync(process.StandardOutput.BaseStream, "stdout.log", cancellationToken),
            SaveAsync(process.StandardError.BaseStream, "stderr.log", cancellationToken),
            process.WaitForExitAsync(cancellationToken));
        return new(process.ExitCode, null, null, FailureClass.Agent);
    }

    private static ProcessStartInfo StartOf(KeeperRequest order)
    {
        var start = new ProcessStartInfo(order.Arguments[0], order.Arguments.Skip(1))
        {
            WorkingDirectory = order.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment.Clear();
        foreach (var line in order.Environment)
        {
            start.Environment[line[..line.IndexOf('=')]] = line[(line.IndexOf('=') + 1)..];
        }

        return start;
    }

    private AttemptEnd? TryStart()
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

    private static long Length(string directory, string name) => new FileInfo(Path.Combine(directory, name)) is { Exists: true } file ? file.Length : 0;

    private async Task FeedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var from = File.OpenRead(Path.Combine(order.Directory, "prompt.md"));
            await from.CopyToAsync(process.StandardInput.BaseStream, cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It does not read its prompt: its own affair.
        }
    }

    private async Task SaveAsync(Stream from, string name, CancellationToken cancellationToken)
    {
        await using var to = new FileStream(Path.Combine(order.Directory, name), FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        var buffer = new byte[16_384];
        for (int count; (count = await from.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (to.Length + count <= order.MaxStreamBytes)
            {
                await to.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            }
        }
    }
}
