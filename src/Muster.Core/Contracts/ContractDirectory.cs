using Muster.Artefacts;

namespace Muster.Contracts;

/// <summary>Writes contracts into a directory, through no link.</summary>
/// <param name="directory">Absolute path; made where it is missing.</param>
internal sealed class ContractDirectory(string directory)
{
    private static readonly string[] Parts = ["", "interfaces", "decisions"];

    /// <summary>Makes it hold these and no other file.</summary>
    public void Hold(IReadOnlyCollection<Contract> contracts)
    {
        foreach (var contract in contracts)
        {
            Write(contract.Path, contract.Content.Span);
        }

        var wanted = contracts.Select(c => Path.Combine(directory, c.Path.Replace('/', Path.DirectorySeparatorChar))).ToHashSet(StringComparer.Ordinal);
        foreach (var part in Parts.Select(p => new DirectoryInfo(Path.Combine(directory, p))).Where(p => p.Exists && p.LinkTarget is null))
        {
            foreach (var file in part.GetFiles().Where(f => !wanted.Contains(f.FullName)))
            {
                file.Delete(); // A link goes and not what it leads to.
            }
        }
    }

    /// <summary>Replaces one file, whole or not at all.</summary>
    public void Write(string path, ReadOnlySpan<byte> content)
    {
        if (BeneathText.TryWrite(directory, path, content) is { } why)
        {
            throw ContractException.NotWritten(path, why);
        }
    }
}
