using System.Text;
using Muster.Artefacts;

namespace Muster.Pipeline;

/// <summary>What a project remembers: brain files and training data in the integration worktree, taken from what agents proposed.</summary>
internal static class MemoryFiles
{
    /// <summary>Takes over what a module's builder proposed in the round that is merged.</summary>
    public static Task TakeAsync(BuildSite site, string module, int round, CancellationToken stop)
    {
        var proposals = site.Proposals($"build/{module}/{round}");
        if (ProposedFile.Read(proposals, "brain.md") is { } brain)
        {
            Write(BrainOf(site, module), brain);
        }

        return Task.CompletedTask;
    }

    /// <summary>Puts a remark at the head of a builder's brain file, for its next round.</summary>
    public static void Remark(BuildSite site, string module, string remark)
    {
        var path = BrainOf(site, module);
        Write(path, $"> {remark}\n\n{(File.Exists(path) ? File.ReadAllText(path) : string.Empty)}");
    }

    private static string BrainOf(BuildSite site, string module) => Path.Combine(site.Integration, BuildSite.Memory, "brains", $"builder-{module}.md");

    private static void Write(string path, string text) => Publisher.Write(path, Encoding.UTF8.GetBytes(text));
}
