using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Muster.Agents.Keeping;

/// <summary>The address of a run's keeper. A socket's path may have 108 bytes, a run directory's more: so it goes through an open directory.</summary>
internal static class KeeperSocket
{
    private const int PathOnly = 0x200000, IsDirectory = 0x10000, CloseOnExec = 0x80000;
    private const string Name = "keeper.sock";

    public static string PathIn(string runDirectory) => Path.Combine(runDirectory, Name);

    public static Socket Listen(string runDirectory)
    {
        File.Delete(PathIn(runDirectory)); // A leftover: whoever holds the keeper's lock is the only one.
        var socket = New();
        using var directory = Open(runDirectory);
        socket.Bind(EndPoint(directory));
        socket.Listen();
        return socket;
    }

    public static async Task<Socket> ConnectAsync(string runDirectory, CancellationToken cancellationToken)
    {
        var socket = New();
        using var directory = Open(runDirectory);
        try
        {
            await socket.ConnectAsync(EndPoint(directory), cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Socket New() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    private static UnixDomainSocketEndPoint EndPoint(SafeFileHandle directory) => new($"/proc/self/fd/{directory.DangerousGetHandle()}/{Name}");

    private static SafeFileHandle Open(string path) => new(Posix.OpenDirectory(path, PathOnly | IsDirectory | CloseOnExec), ownsHandle: true);
}
