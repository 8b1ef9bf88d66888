using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Muster.Settings;

/// <summary>The files of a tree that change how Muster works on it, each of no effect until a person approved it.</summary>
public static class TreeFiles
{
    private const int MostPrompts = 100;

    /// <summary>The directory of prompts, below a tree's root.</summary>
    public static string PromptsDirectory(string root) => Path.Combine(root, ".muster", "prompts");

    /// <summary>All that there are: muster.yaml, then the prompts by name.</summary>
    /// <exception cref="SettingsException">One cannot be read.</exception>
    public static ImmutableArray<TreeFile> In(string root, ApprovedFiles approved)
    {
        var prompts = PromptsDirectory(root);
        var names = Directory.Exists(prompts) ? Directory.EnumerateFiles(prompts, "*.md").Order(StringComparer.Ordinal).Take(MostPrompts) : [];
        return [.. names.Prepend(Path.Combine(root, SettingsFile.Name)).Select(approved.Look).OfType<TreeFile>()];
    }

    /// <summary>One hash over paths and contents: what a person spells out to approve just these files.</summary>
    public static string HashOf(IEnumerable<TreeFile> files) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(files.Select(f => $"{f.Sha256} {f.Path}\n")))));
}
