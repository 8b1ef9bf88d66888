using System.Text.Json;

namespace Muster.EndToEnd.Builds;

/// <summary><c>muster fix</c>: from an audit's findings to a base branch that a person approved.</summary>
public sealed class FixCommandTests
{
    [Fact]
    public async Task Findings_are_mended_each_on_a_branch_and_one_that_its_agent_does_not_believe_is_left_to_a_person()
    {
        using var muster = new MusterProcess();
        var shop = Path.Combine(muster.Home, "shop");
        muster.Write("shop/src/a.py", "try:\n    run()\nexcept:\n    pass\n");
        await muster.CommitAsync(shop);
        var audit = (await muster.JsonAsync("audit", shop)).GetProperty("run").GetString()!;
        muster.Write("script.yaml", JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["build/fix-1/1"] = new { files = new Dictionary<string, string> { ["LICENSE"] = "MIT\n" } },
            ["build/fix-2/*"] = "says-failed",
        }));

        var begun = await muster.RunAsync("fix", audit, "--top", "2", "--script", "script.yaml", "--test-command", "test -e LICENSE", "--json");

        var (fix, gate) = Of(begun, 4);
        Assert.Equal("module/fix-2", gate.GetProperty("name").GetString());
        var shown = await muster.RunAsync("approve", fix, "--show");
        Assert.Contains("approve: the finding is left as it is; reject --because: it is tried again", shown.Output, StringComparison.Ordinal);
        (_, gate) = Of(await ApproveAsync(muster, fix, gate), 4);
        shown = await muster.RunAsync("approve", fix, "--show");
        Assert.Matches(@"fix-1 has passed, 1 round\n +\[major\] \.: The repository has no licence file", shown.Output);
        Assert.Contains("reject --because: nothing is, and the branches stay where they are", shown.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("hardening", shown.Output, StringComparison.Ordinal);

        var ended = await ApproveAsync(muster, fix, gate);

        Of(ended, 3);
        var command = JsonDocument.Parse(ended.Output).RootElement.GetProperty("build").GetProperty("command").GetString()!;
        Assert.False(File.Exists(Path.Combine(shop, "LICENSE")));
        Assert.Equal(0, (await muster.RunToolAsync("sh", "-c", command)).ExitCode);
        Assert.Equal("MIT\n", await File.ReadAllTextAsync(Path.Combine(shop, "LICENSE"), TestContext.Current.CancellationToken));
        Assert.Equal(["LICENSE", "src"], Directory.GetFileSystemEntries(shop).Select(Path.GetFileName).Where(name => name != ".git").Order(StringComparer.Ordinal)); // And nothing of the engine's own.
    }

    private static async Task<MusterResult> ApproveAsync(MusterProcess muster, string run, JsonElement gate)
    {
        var approved = await muster.RunAsync("approve", run, "--hash", gate.GetProperty("sha256").GetString()!);
        Assert.True(approved.ExitCode == 0, approved.Errors);
        return await muster.RunAsync("resume", run, "--json");
    }

    /// <summary>The run, and the gate that waits.</summary>
    private static (string Run, JsonElement Gate) Of(MusterResult result, int exit)
    {
        Assert.True(result.ExitCode == exit, $"{result.ExitCode}\n{result.Output}\n{result.Errors}");
        var json = JsonDocument.Parse(result.Output).RootElement;
        return (json.GetProperty("run").GetString()!, json.GetProperty("build").GetProperty("gates").EnumerateArray().SingleOrDefault(gate => gate.GetProperty("standing").GetString() == "open"));
    }
}
