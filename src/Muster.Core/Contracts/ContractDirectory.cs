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
        var wanted = contracts.Select(c => Place(c.Path)).ToHashSet(StringComparer.Ordinal);
        foreach (var part in Parts)
        {
            var at = Path.Combine(directory, part);
            Guard(at);
            foreach (var file in Directory.Exists(at) ? Directory.GetFiles(at) : [])
            {
                if (!wanted.Contains(file))
                {
                    File.Delete(file); // A link goes and not what it leads to.
                }
            }
        }

        foreach (var contract in contracts)
        {
            Write(contract.Path, contract.Content.Span);
        }
    }

    /// <summary>Replaces one file, whole or not at all.</summary>
    public void Write(string path, ReadOnlySpan<byte> content)
    {
        Guard(directory);
        Guard(Path.GetDirectoryName(Place(path))!);
        File.Delete(Place(path) + ".new"); // Whatever was left or put there must not be written through.
        Publisher.Write(Place(path), content);
    }

    private string Place(string path) => Path.Combine(directory, path.Replace('/', Path.DirectorySeparatorChar));

    private static void Guard(string at)
    {
        if (new DirectoryInfo(at).LinkTarget is not null)
        {
            throw ContractException.Link(at);
        }

        Directory.CreateDirectory(at);
    }
}
