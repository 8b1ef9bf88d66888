using Muster.Agents.Inspect;
using Muster.Artefacts;

namespace Muster.Tests.Agents.Inspect.Checks;

/// <summary>A directory of real files and one check over them.</summary>
public abstract class CheckTest(ICheck check) : IDisposable
{
    protected string Root { get; } = Directory.CreateTempSubdirectory("muster-check-").FullName;

    public void Dispose()
    {
        Directory.Delete(Root, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected void Write(string path, string text)
    {
        var full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    protected async Task<IReadOnlyList<Finding>> FindingsAsync()
    {
        var tree = await SourceTreeReader.ReadAsync(Root, TestContext.Current.CancellationToken);
        var findings = check.Run(new(tree, tree.Files, DateTimeOffset.UnixEpoch), TestContext.Current.CancellationToken).ToList();
        Assert.All(findings, finding => Assert.Contains("; ", finding.Message, StringComparison.Ordinal));
        Assert.All(findings, finding => Assert.StartsWith(check.Id + "-", finding.Rule, StringComparison.Ordinal));
        Assert.All(findings.Where(finding => finding.Quote is not null), finding =>
            Assert.Contains(finding.Quote!, File.ReadAllLines(Path.Combine(Root, finding.Path))[finding.Line!.Value - 1], StringComparison.Ordinal));
        return findings;
    }

    protected async Task<IEnumerable<(string Location, string? Rule)>> FoundAsync() =>
        (await FindingsAsync()).Select(finding => (finding.Location, finding.Rule));
}
