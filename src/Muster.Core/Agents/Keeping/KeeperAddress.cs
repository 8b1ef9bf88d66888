using System.Net.Sockets;

namespace Muster.Agents.Keeping;

/// <summary>Where a run's keeper listens.</summary>
internal static class KeeperAddress
{
    /// <summary>The socket in an open directory. Named through the descriptor, for a socket's path may have no more than 107 bytes.</summary>
    public static UnixDomainSocketEndPoint Under(int directoryFile) => new($"/proc/self/fd/{directoryFile}/keeper.sock");
}
