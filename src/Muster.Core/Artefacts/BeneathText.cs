using System.Text.Unicode;

namespace Muster.Artefacts;

/// <summary>Reads and writes small texts beneath a directory in which others write too: through no link, of bounded size, UTF-8.</summary>
public static class BeneathText
{
    /// <summary>Reads a file once.</summary>
    /// <param name="directory">Absolute path; trusted.</param>
    /// <param name="relative">Path beneath it, with <c>/</c>.</param>
    /// <param name="most">Bytes that are read at most.</param>
    /// <param name="refusal">Why it was not read, in words that follow "it"; null when it was.</param>
    public static byte[]? TryRead(string directory, string relative, long most, out string? refusal)
    {
        using var handle = BeneathFile.TryOpen(directory, relative, mayBeHardLinked: false, out refusal);
        if (handle is null)
        {
            return null;
        }

        using var stream = new FileStream(handle, FileAccess.Read, bufferSize: 1);
        var buffer = new byte[Math.Min(most, stream.Length) + 1]; // One more than may be: a file can grow while it is read.
        var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        refusal = stream.Length > most || length == buffer.Length ? $"has {stream.Length:N0} bytes; at most {most:N0} are read"
            : !Utf8.IsValid(buffer.AsSpan(0, length)) ? "is not UTF-8"
            : null;
        return refusal is null ? buffer[..length] : null;
    }

    /// <summary>Replaces a file by one with this content, whole or not at all; directories are made.</summary>
    /// <param name="directory">Absolute path; made where it is missing.</param>
    /// <param name="relative">Path beneath it, with <c>/</c>, that the caller made of checked names.</param>
    /// <param name="content">All of it.</param>
    /// <returns>Why it was not written, in words that follow the path of what is in the way; null when it was.</returns>
    public static string? TryWrite(string directory, string relative, ReadOnlySpan<byte> content)
    {
        var at = directory;
        foreach (var part in relative.Split('/').Prepend(string.Empty).SkipLast(1))
        {
            at = Path.Combine(at, part);
            if (new DirectoryInfo(at).LinkTarget is not null)
            {
                return $"{at} is a link, and nothing is written through one";
            }

            if (File.Exists(at))
            {
                return $"{at} is a file where a directory belongs";
            }

            Directory.CreateDirectory(at);
        }

        var file = Path.Combine(directory, relative.Replace('/', Path.DirectorySeparatorChar));
        File.Delete(file + ".new"); // Whatever was left or put there must not be written through.
        Publisher.Write(file, content);
        return null;
    }
}
