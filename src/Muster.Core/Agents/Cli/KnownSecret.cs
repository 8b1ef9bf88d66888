using System.Text;

namespace Muster.Agents.Cli;

/// <summary>Makes a key that we know unreadable in what an attempt left, where its agent showed it.</summary>
internal static class KnownSecret
{
    private const int Least = 8, Chunk = 1 << 20;

    /// <summary>Overwrites the key with asterisks in every log and text of a directory, in place.</summary>
    public static void Mask(string directory, string? key)
    {
        if (key is not { Length: >= Least } || !Directory.Exists(directory))
        {
            return; // So short a key would be found everywhere.
        }

        var secret = Encoding.UTF8.GetBytes(key);
        foreach (var file in new DirectoryInfo(directory).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
        {
            MaskIn(file.FullName, secret);
        }
    }

    private static void MaskIn(string path, byte[] secret)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var buffer = new byte[Chunk];
        for (var position = 0L; ; position += Chunk - secret.Length)
        {
            var count = RandomAccess.Read(file, buffer, position);
            for (var at = 0; buffer.AsSpan(at, count - at).IndexOf(secret) is >= 0 and var found; at += found + secret.Length)
            {
                RandomAccess.Write(file, Encoding.ASCII.GetBytes(new string('*', secret.Length)), position + at + found);
            }

            if (count < Chunk)
            {
                return;
            }
        }
    }
}
