using System.Security.Cryptography;
using System.Text;

namespace Muster.Artefacts;

/// <summary>Puts a verified file where readers look for it: a copy, flushed and renamed into place, never the agent's own file.</summary>
/// <remarks>Doing it twice gives the same file, so a crash between publishing and recording it costs nothing.</remarks>
public static class Publisher
{
    /// <summary>Publishes a text and says what its readers must find.</summary>
    /// <param name="text">What was verified, secrets masked.</param>
    /// <param name="path">Where it goes.</param>
    /// <param name="taskId">Whose it is.</param>
    /// <param name="attempt">1-based.</param>
    public static Seal Publish(string text, string path, string taskId, int attempt)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Write(path, bytes);
        return new(taskId, attempt, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    /// <summary>Replaces a file by one with this content, whole or not at all.</summary>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        var temporary = path + ".new";
        try
        {
            try
            {
                WriteFlushed(temporary, bytes);
            }
            catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException)
            {
                // The second is what is told when another thread makes the directory just then.
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                WriteFlushed(temporary, bytes);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            Forget(temporary);
            throw;
        }
    }

    /// <summary>The same for content that is written piece by piece and may be larger than memory should hold.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        var temporary = path + ".new";
        try
        {
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                write(file);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            Forget(temporary);
            throw;
        }
    }

    /// <summary>Writes a file that a person named: a link's target is replaced and not the link, a device or pipe is written into.</summary>
    public static void WriteFor(string path, ReadOnlySpan<byte> bytes)
    {
        var full = Path.GetFullPath(path);
        if (UserFile.IsSpecial(full))
        {
            using var stream = new FileStream(full, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            stream.Write(bytes);
            return;
        }

        var target = new FileInfo(full) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)?.FullName : null;
        Write(target ?? full, bytes);
    }

    /// <summary>Half a file is of no use to anybody, and takes space that may be what is missing.</summary>
    private static void Forget(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The fault that led here is the one to tell; the next writing replaces what is left.
        }
    }

    /// <summary>Writes a file that is not there yet and need not outlive a loss of power.</summary>
    public static void WriteOnce(string path, string text)
    {
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        RandomAccess.Write(file, Encoding.UTF8.GetBytes(text), 0);
    }

    private static void WriteFlushed(string path, ReadOnlySpan<byte> bytes)
    {
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.None);
        RandomAccess.Write(file, bytes, 0);
        RandomAccess.FlushToDisk(file);
    }
}
