using System.Globalization;
using System.Text;
using Muster.Contracts;

namespace Muster.Pipeline;

/// <summary>The contracts of a directory, read anew only when a name, length or time in it is another: every step asks for them, and a project of 200 modules has 200 files of them.</summary>
/// <param name="directory">Absolute path.</param>
internal sealed class ContractCache(string directory)
{
    private readonly Lock turn = new();
    private (string Stamp, ContractSet Set)? known;

    /// <summary>The contracts as they are now.</summary>
    public ContractSet Read()
    {
        lock (turn)
        {
            var stamp = Stamp();
            if (known is { } last && last.Stamp == stamp)
            {
                return last.Set;
            }

            var set = ContractSet.Read(directory);
            known = stamp == Stamp() ? (stamp, set) : null; // Something changed while it was read: that is for this caller alone.
            return set;
        }
    }

    /// <summary>Links are not followed; that there is a new one shows in its directory's time.</summary>
    private string Stamp()
    {
        if (!Directory.Exists(directory))
        {
            return string.Empty;
        }

        var stamp = new StringBuilder().Append(Directory.GetLastWriteTimeUtc(directory).Ticks);
        foreach (var entry in new DirectoryInfo(directory).EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
        {
            stamp.Append(CultureInfo.InvariantCulture, $"{entry.FullName}\0{(entry as FileInfo)?.Length}\0{entry.LastWriteTimeUtc.Ticks}\0");
        }

        return stamp.ToString();
    }
}
