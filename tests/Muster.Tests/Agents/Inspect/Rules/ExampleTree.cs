using Muster.Agents.Inspect;
using Muster.Artefacts;

namespace Muster.Tests.Agents.Inspect.Rules;

/// <summary>A directory with one file, looked through by one check.</summary>
internal sealed class ExampleTree : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("muster-rules-").FullName;

    public Finding[] Run(ICheck check, string path, string text) => RunUntil(check, path, text, TestContext.Current.CancellationToken);

    public Finding[] RunUntil(ICheck check, string path, string text, CancellationToken cancellationToken)
    {
        var full = Path.Combine(root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        var files = new[] { new SourceFile(path, full, new FileInfo(full).Length) };
        return [.. check.Run(new(new(root, files, IsGit: false), files, DateTimeOffset.UnixEpoch), cancellationToken)];
    }

    public void Dispose() => Directory.Delete(root, recursive: true);
}
