using System.Net.Sockets;
using System.Runtime.Versioning;
using Muster.Agents.Keeping;

namespace Muster.Tests.Agents.Keeping;

/// <summary>The keeper's end of a connection.</summary>
[SupportedOSPlatform("linux")]
public sealed class KeeperPeerTests : IDisposable
{
    private readonly TempDirectory home = new();

    /// <summary>An engine that gave the keeper up had asked for an end first: unread, its agent would have run on.</summary>
    [Fact]
    public void What_an_engine_asked_for_before_it_went_is_read_although_nothing_can_be_sent_to_it()
    {
        var address = new UnixDomainSocketEndPoint(Path.Combine(home.Path, "s"));
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(address);
        listener.Listen();
        var engine = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        engine.Connect(address);
        using var peer = new KeeperPeer(listener.Accept());
        engine.Send("{\"id\":7,\"isKill\":true}\n"u8);
        engine.Dispose();

        peer.Send(new(7));
        peer.Flush();
        var requests = peer.Receive();

        Assert.True(Assert.Single(requests).IsKill);
        Assert.True(peer.IsGone);
    }

    public void Dispose() => home.Dispose();
}
