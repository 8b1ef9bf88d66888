using Muster.Artefacts;

namespace Muster.Pipeline;

/// <summary>Fills an agent's workspace with what it is to go on from.</summary>
internal static class SeedFiles
{
    private const long MostBytes = 16 << 20;

    /// <summary>Copies the regular files of a directory; links and other things, which an agent may have left there, are not followed and not copied.</summary>
    /// <param name="from">Absolute path; null: nothing is copied.</param>
    /// <param name="to">Absolute path of an empty directory.</param>
    public static void Copy(string? from, string to)
    {
        if (from is null || !Directory.Exists(from))
        {
            return;
        }

        var left = MostBytes;
        foreach (var path in Directory.EnumerateFiles(from, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
        {
            var name = Path.GetRelativePath(from, path);
            using var file = BeneathFile.TryOpen(from, name, mayBeHardLinked: false, out _);
            if (file is null || (left -= RandomAccess.GetLength(file)) < 0)
            {
                continue;
            }

            var target = Path.Combine(to, name);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            using var source = new FileStream(file, FileAccess.Read);
            using var copy = new FileStream(target, FileMode.CreateNew);
            source.CopyTo(copy);
        }
    }
}
