using System.Buffers;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;

namespace Muster.Agents.Keeping;

/// <summary>An engine's end of a connection to its run's keeper. Thread-safe; requests that come together are sent together.</summary>
internal sealed class KeeperConnection : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Socket socket;
    private readonly ConcurrentDictionary<long, Channel<KeeperEvent>> followed = [];
    private readonly Channel<KeeperRequest> requests = Channel.CreateUnbounded<KeeperRequest>(new() { SingleReader = true });
    private readonly TaskCompletionSource greeted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long lastId;

    private KeeperConnection(Socket socket) => this.socket = socket;

    public bool IsGone { get; private set; }

    /// <summary>Connects; null when no keeper answers.</summary>
    public static async Task<KeeperConnection?> TryConnectAsync(string runDirectory, CancellationToken cancellationToken)
    {
        var directory = LinuxCalls.OpenDirectory(runDirectory);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(KeeperAddress.Under(directory), cancellationToken);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
        finally
        {
            _ = directory >= 0 ? LinuxCalls.Close(directory) : 0;
        }

        var connection = new KeeperConnection(socket);
        _ = Task.Run(connection.SendAsync, CancellationToken.None);
        _ = Task.Run(connection.ReceiveAsync, CancellationToken.None);
        connection.requests.Writer.TryWrite(new() { Id = 0 });
        try
        {
            await connection.greeted.Task.WaitAsync(Patience, cancellationToken);
            return connection;
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            connection.Close();
            return null; // It was on its way out, or hangs.
        }
    }

    /// <summary>Asks for an attempt, and follows it: the events end early when the keeper is gone.</summary>
    public (long Id, ChannelReader<KeeperEvent> Events) Follow(KeeperRequest order)
    {
        var id = Interlocked.Increment(ref lastId);
        var channel = Channel.CreateUnbounded<KeeperEvent>(new() { SingleReader = true });
        followed[id] = channel;
        if (!requests.Writer.TryWrite(order with { Id = id }) || IsGone)
        {
            channel.Writer.TryComplete();
        }

        return (id, channel.Reader);
    }

    /// <summary>The events of an attempt, up to where they end.</summary>
    /// <exception cref="AttemptLostException"><paramref name="silence"/> says that they should have ended long ago: the keeper hangs.</exception>
    public async IAsyncEnumerable<KeeperEvent> EventsAsync(
        ChannelReader<KeeperEvent> events, [EnumeratorCancellation] CancellationToken silence)
    {
        while (await MoreAsync(events, silence))
        {
            while (events.TryRead(out var e))
            {
                yield return e;
            }
        }
    }

    /// <summary>Has an attempt ended; its end is then among its events.</summary>
    public void Kill(long id) => requests.Writer.TryWrite(new() { Id = id, IsKill = true });

    /// <summary>Follows an attempt no longer: its events end.</summary>
    public void Forget(long id)
    {
        if (followed.TryRemove(id, out var channel))
        {
            channel.Writer.TryComplete();
        }
    }

    public void Dispose() => Close();

    private async ValueTask<bool> MoreAsync(ChannelReader<KeeperEvent> events, CancellationToken silence)
    {
        try
        {
            return await events.WaitToReadAsync(silence);
        }
        catch (OperationCanceledException)
        {
            Close(); // Others that wait on it connect anew.
            throw new AttemptLostException("its keeper does not answer");
        }
    }

    private async Task SendAsync()
    {
        try
        {
            var batch = new ArrayBufferWriter<byte>();
            while (await requests.Reader.WaitToReadAsync())
            {
                batch.ResetWrittenCount();
                while (batch.WrittenCount < 65_536 && requests.Reader.TryRead(out var request))
                {
                    batch.Write(JsonSerializer.SerializeToUtf8Bytes(request, KeeperJson.Default.KeeperRequest));
                    batch.Write("\n"u8);
                }

                for (var sent = 0; sent < batch.WrittenCount;)
                {
                    sent += await socket.SendAsync(batch.WrittenMemory[sent..], SocketFlags.None);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Close();
        }
    }

    private async Task ReceiveAsync()
    {
        var (buffer, length) = (new byte[65_536], 0);
        try
        {
            for (int count; (count = await socket.ReceiveAsync(buffer.AsMemory(length), SocketFlags.None)) > 0;)
            {
                length = Take(buffer, length + count);
                if (length == buffer.Length)
                {
                    Array.Resize(ref buffer, buffer.Length * 2);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or JsonException)
        {
            // The keeper is gone, or no keeper: both end the connection.
        }

        Close();
    }

    /// <summary>Hands on the whole lines; returns how much of a last one is left, moved to the front.</summary>
    private int Take(byte[] buffer, int length)
    {
        var start = 0;
        for (int end; (end = buffer.AsSpan(start, length - start).IndexOf((byte)'\n')) >= 0; start += end + 1)
        {
            var e = JsonSerializer.Deserialize(buffer.AsSpan(start, end), KeeperJson.Default.KeeperEvent)!;
            if (e.Id == 0)
            {
                greeted.TrySetResult();
            }
            else if (followed.TryGetValue(e.Id, out var channel))
            {
                channel.Writer.TryWrite(e);
            }
        }

        buffer.AsSpan(start, length - start).CopyTo(buffer);
        return length - start;
    }

    private void Close()
    {
        IsGone = true;
        socket.Dispose();
        requests.Writer.TryComplete();
        greeted.TrySetException(new IOException("The keeper has gone away."));
        foreach (var channel in followed.Values)
        {
            channel.Writer.TryComplete();
        }
    }
}
