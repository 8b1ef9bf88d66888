using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace Muster.Agents.Keeping;

/// <summary>An engine's line to its run's keeper; starts the keeper when there is none. Thread-safe.</summary>
internal sealed class KeeperClient(string runDirectory, IReadOnlyList<string> keeperCommand, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly ConcurrentDictionary<string, Channel<KeeperEvent>> attempts = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim connecting = new(1);
    private Connection? current;

    /// <summary>What the keeper tells of an attempt; completed without an end when the keeper is lost.</summary>
    public ChannelReader<KeeperEvent> Follow(string directory) =>
        attempts.GetOrAdd(directory, _ => Channel.CreateUnbounded<KeeperEvent>(new() { SingleReader = true })).Reader;

    /// <summary>No longer interested.</summary>
    public void Forget(string directory) => attempts.TryRemove(directory, out _);

    /// <summary>Asks the keeper something; its answers come to <see cref="Follow"/>.</summary>
    /// <exception cref="KeeperException">There is none and none could be started.</exception>
    public async Task AskAsync(KeeperRequest request, CancellationToken cancellationToken)
    {
        var line = JsonSerializer.SerializeToUtf8Bytes(request, KeeperShape.Default.KeeperRequest);
        for (var tries = 0; ; tries++)
        {
            var connection = await ConnectAsync(cancellationToken);
            try
            {
                await connection.SendAsync([.. line, .. "\n"u8], cancellationToken);
                return;
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException && tries < 3)
            {
                Interlocked.CompareExchange(ref current, null, connection); // The keeper went away meanwhile; another one is started.
            }
        }
    }

    public void Dispose()
    {
        current?.Dispose();
        connecting.Dispose();
    }

    private async Task<Connection> ConnectAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref current) is { IsOpen: true } open)
        {
            return open;
        }

        await connecting.WaitAsync(cancellationToken);
        try
        {
            if (Volatile.Read(ref current) is { IsOpen: true } other)
            {
                return other;
            }

            var socket = await ReachAsync(cancellationToken);
            var connection = new Connection(socket);
            Volatile.Write(ref current, connection);
            _ = ReadAsync(connection);
            return connection;
        }
        finally
        {
            connecting.Release();
        }
    }

    private async Task<Socket> ReachAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var started = TimeSpan.MinValue;
        while (true)
        {
            try
            {
                return await KeeperSocket.ConnectAsync(runDirectory, cancellationToken);
            }
            catch (SocketException e)
            {
                var waited = time.GetElapsedTime(began);
                if (waited > Patience)
                {
                    throw KeeperException.NotStarted(runDirectory, e.Message);
                }

                if (started == TimeSpan.MinValue || waited - started > TimeSpan.FromSeconds(3))
                {
                    StartKeeper();
                    started = waited;
                }

                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    private void StartKeeper()
    {
        var log = Path.Combine(runDirectory, "keeper.log");
        var environment = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().Select(e => $"{e.Key}={e.Value}").ToList();
        var error = Posix.Spawn([.. keeperCommand, runDirectory], environment, "/", "/dev/null", log, log, out _);
        if (error != 0)
        {
            throw KeeperException.NotStarted(runDirectory, System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(error));
        }
    }

    private async Task ReadAsync(Connection connection)
    {
        try
        {
            while (await connection.Reader.ReadLineAsync() is { } line)
            {
                var e = JsonSerializer.Deserialize(line, KeeperShape.Default.KeeperEvent)!;
                if (attempts.TryGetValue(e.Directory, out var channel))
                {
                    channel.Writer.TryWrite(e);
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or JsonException)
        {
            // Handled below: the line is cut.
        }

        connection.Dispose();
        foreach (var channel in attempts.Values)
        {
            channel.Writer.TryComplete();
        }

        attempts.Clear();
    }

    private sealed class Connection(Socket socket) : IDisposable
    {
        private readonly NetworkStream stream = new(socket, ownsSocket: true);
        private readonly SemaphoreSlim sending = new(1);
        private StreamReader? reader;

        public bool IsOpen { get; private set; } = true;

        public StreamReader Reader => reader ??= new(stream, Encoding.UTF8);

        public async Task SendAsync(byte[] line, CancellationToken cancellationToken)
        {
            await sending.WaitAsync(cancellationToken);
            try
            {
                await stream.WriteAsync(line, cancellationToken);
            }
            finally
            {
                sending.Release();
            }
        }

        public void Dispose()
        {
            IsOpen = false;
            stream.Dispose();
            sending.Dispose();
        }
    }
}
