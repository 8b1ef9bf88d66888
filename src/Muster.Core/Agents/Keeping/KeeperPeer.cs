using System.Net.Sockets;
using System.Text.Json;

namespace Muster.Agents.Keeping;

/// <summary>The keeper's end of a connection to an engine. Never blocks: what the engine does not take yet is held back.</summary>
internal sealed class KeeperPeer : IDisposable
{
    private readonly Socket socket;
    private byte[] unread = new byte[16_384];
    private int unreadLength;
    private byte[] unsent = new byte[16_384];
    private int unsentLength;
    private bool isDeaf;

    public KeeperPeer(Socket socket)
    {
        this.socket = socket;
        socket.Blocking = false;
    }

    public int File => (int)socket.Handle;

    public bool HasUnsent => unsentLength > 0;

    public bool IsGone { get; private set; }

    /// <summary>Requests that have arrived whole.</summary>
    public List<KeeperRequest> Receive()
    {
        var requests = new List<KeeperRequest>();
        while (!IsGone)
        {
            if (unreadLength == unread.Length)
            {
                Array.Resize(ref unread, unread.Length * 2);
            }

            var count = socket.Receive(unread.AsSpan(unreadLength), SocketFlags.None, out var error);
            if (error is SocketError.WouldBlock)
            {
                break;
            }

            IsGone = error is not SocketError.Success || count == 0;
            unreadLength += count;
        }

        var start = 0;
        for (int end; (end = unread.AsSpan(start, unreadLength - start).IndexOf((byte)'\n')) >= 0; start += end + 1)
        {
            try
            {
                requests.Add(JsonSerializer.Deserialize(unread.AsSpan(start, end), KeeperJson.Default.KeeperRequest)!);
            }
            catch (JsonException)
            {
                IsGone = true; // It does not speak our language; an engine would connect again.
            }
        }

        unread.AsSpan(start, unreadLength - start).CopyTo(unread);
        unreadLength -= start;
        return requests;
    }

    /// <summary>Lines an event up; <see cref="Flush"/> sends it.</summary>
    public void Send(KeeperEvent e)
    {
        if (isDeaf)
        {
            return;
        }

        var line = JsonSerializer.SerializeToUtf8Bytes(e, KeeperJson.Default.KeeperEvent);
        while (unsent.Length < unsentLength + line.Length + 1)
        {
            Array.Resize(ref unsent, unsent.Length * 2);
        }

        line.CopyTo(unsent, unsentLength);
        unsentLength += line.Length + 1;
        unsent[unsentLength - 1] = (byte)'\n';
    }

    /// <summary>Sends what the engine takes. One that takes nothing any more may still have asked for something: that is read before it counts as gone.</summary>
    public void Flush()
    {
        while (unsentLength > 0 && !isDeaf)
        {
            var count = socket.Send(unsent.AsSpan(0, unsentLength), SocketFlags.None, out var error);
            if (error is SocketError.WouldBlock)
            {
                return;
            }

            if (error is not SocketError.Success)
            {
                (isDeaf, unsentLength) = (true, 0);
                return;
            }

            unsent.AsSpan(count, unsentLength - count).CopyTo(unsent);
            unsentLength -= count;
        }
    }

    public void Dispose() => socket.Dispose();
}
