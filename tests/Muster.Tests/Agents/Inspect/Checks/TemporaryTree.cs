using Muster.Agents.Inspect;
using Muster.Artefacts;

namespace Muster.Tests.Agents.Inspect.Checks;

/// <summary>A real directory to run a check on.</summary>
internal sealed class TemporaryTree : IDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);

    public string Root { get; } = Directory.CreateTempSubdirectory("muster-check-").FullName;

    public void Dispose() => Directory.Delete(Root, recursive: true);

    public TemporaryTree With(string path, string text)
    {
        var full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        return this;
    }

    public TemporaryTree Init() => Git("init", "-q");

    public TemporaryTree Commit(DateTimeOffset at)
    {
        Git("add", "-A");
        var stamp = $"{at.ToUnixTimeSeconds()} +0000";
        using var process = Start(["-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", "m", "--date", stamp], stamp);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return this;
    }

    public async Task<IReadOnlyList<Finding>> RunAsync(ICheck check)
    {
        var ct = TestContext.Current.CancellationToken;
        var tree = await SourceTreeReader.ReadAsync(Root, ct);
        var found = check.Run(new(tree, tree.Files, Now), ct).ToList();
        Assert.All(found, finding =>
        {
            Assert.Matches("^[a-z0-9]+(-[a-z0-9]+)+$", finding.Rule);
            Assert.DoesNotContain('\n', finding.Message);
            Assert.DoesNotContain('`', finding.Message);
            var lines = File.ReadAllLines(Path.Combine(Root, finding.Path));
            if (finding.Line is { } line)
            {
                Assert.InRange(line, 1, lines.Length);
            }

            if (finding.Quote is { } quote)
            {
                Assert.Contains(quote, lines[finding.Line!.Value - 1], StringComparison.Ordinal);
            }
        });
        return found;
    }

    public static string[] Told(IEnumerable<Finding> findings) => [.. findings.Select(f => $"{f.Rule}:{f.Line}:{f.Severity}")];

    private TemporaryTree Git(params string[] arguments)
    {
        using var process = Start(arguments, null);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return this;
    }

    private System.Diagnostics.Process Start(string[] arguments, string? stamp)
    {
        var start = new System.Diagnostics.ProcessStartInfo("git", arguments) { WorkingDirectory = Root, UseShellExecute = false };
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        if (stamp is not null)
        {
            start.Environment["GIT_COMMITTER_DATE"] = stamp;
        }

        return System.Diagnostics.Process.Start(start)!;
    }
}
