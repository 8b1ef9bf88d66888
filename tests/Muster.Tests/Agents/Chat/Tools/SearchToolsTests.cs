using System.Diagnostics;

namespace Muster.Tests.Agents.Chat.Tools;

public sealed class SearchToolsTests : IDisposable
{
    private readonly ToolBench bench = new();

    public SearchToolsTests()
    {
        bench.File("tree/src/a.py", "import os\npassword = 'x'\n");
        bench.File("tree/src/b.PY", "PASSWORD = 1\n");
        bench.File("tree/docs/c.md", "a password\n");
        bench.File("tree/node_modules/m/index.js", "password\n");
        File.WriteAllBytes(Path.Combine(bench.Root, "image.png"), [0, 1, 2, (byte)'p']);
    }

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task Grep_names_the_place_and_leaves_out_vendored_and_binary_files()
    {
        Assert.Equal("docs/c.md:1:a password\nsrc/a.py:2:password = 'x'\n", await bench.OkAsync("Grep", new { pattern = "pass\\w+" }));
        Assert.Equal("src/a.py:2:password = 'x'\nsrc/b.PY:1:PASSWORD = 1\n", await bench.OkAsync("Grep", new { pattern = "password", path = "src", ignore_case = true }));
        Assert.Equal("src/a.py:2:password = 'x'\n", await bench.OkAsync("Grep", new { pattern = "password", glob = "*.py" }));
        Assert.Equal("docs/c.md\nsrc/a.py\n", await bench.OkAsync("Grep", new { pattern = "password", files_only = true }));
        Assert.Equal("src/a.py:2:password = 'x'\n", await bench.OkAsync("Grep", new { pattern = "= 'x'", literal = true, path = "src/a.py" }));
        Assert.Equal("[no match in 3 files]\n", await bench.OkAsync("Grep", new { pattern = "nowhere", glob = "*.{py,PY,md}" }));
    }

    [Fact]
    public async Task Glob_lists_names_and_sizes()
    {
        Assert.Equal("src/a.py\t25\n", await bench.OkAsync("Glob", new { pattern = "**/*.py" }));
        Assert.Equal("src/a.py\t25\nsrc/b.PY\t13\n", await bench.OkAsync("Glob", new { pattern = "*", path = "src" }));
        Assert.Equal("src/a.py\t25\n", await bench.OkAsync("Glob", new { pattern = bench.Root + "/src/*.py" }));
        Assert.Equal("[no file matches]", await bench.OkAsync("Glob", new { pattern = "*.rs" }));
    }

    [Fact]
    public async Task Both_keep_to_the_scope_and_to_the_tree()
    {
        bench.Task = bench.TaskOf(["Grep", "Glob"], ["docs/**"]);

        Assert.Equal("docs/c.md\t11\n", await bench.OkAsync("Glob", new { pattern = "**/*" }));
        Assert.Equal("docs/c.md:1:a password\n", await bench.OkAsync("Grep", new { pattern = "password" }));
        foreach (var path in new[] { "src", "..", "/etc", "docs/../src", ".git" })
        {
            await bench.RefusedAsync("Grep", new { pattern = "password", path });
            await bench.RefusedAsync("Glob", new { pattern = "*", path });
        }

        await bench.RefusedAsync("Glob", new { pattern = "../**" });
    }

    [Fact]
    public async Task A_file_that_became_a_link_or_a_pipe_after_the_listing_is_not_followed()
    {
        var outside = bench.File("outside/secret.txt", "password\n");
        var box = bench.Box();
        var ct = TestContext.Current.CancellationToken;
        var grep = new Microsoft.Extensions.AI.FunctionCallContent("1", "Grep", new Dictionary<string, object?> { ["pattern"] = "password" });
        await box.RunAsync([grep], ct);
        foreach (var name in new[] { "src/a.py", "docs/c.md" })
        {
            File.Delete(Path.Combine(bench.Root, name));
        }

        File.CreateSymbolicLink(Path.Combine(bench.Root, "src/a.py"), outside);
        ToolBench.MakePipe(Path.Combine(bench.Root, "docs/c.md"));

        var result = (Microsoft.Extensions.AI.FunctionResultContent)(await box.RunAsync([grep], ct)).Single();

        Assert.Equal("[no match in 4 files]\n", result.Result);
    }

    /// <summary>The pattern is a model's: it can neither hang the engine nor end the attempt.</summary>
    [Fact]
    public async Task A_hostile_pattern_is_linear_or_told()
    {
        bench.File("tree/long.txt", new string('a', 1_900) + "!\n");
        var clock = Stopwatch.StartNew();

        Assert.Contains("no match", await bench.OkAsync("Grep", new { pattern = "(a+)+$", glob = "long.txt" }), StringComparison.Ordinal);
        Assert.Contains("takes too long", await bench.RefusedAsync("Grep", new { pattern = "(?=x|a)(a+)+$", glob = "long.txt" }), StringComparison.Ordinal);
        Assert.Contains("no regular expression", await bench.RefusedAsync("Grep", new { pattern = "(" }), StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task More_than_fits_is_cut_and_said()
    {
        bench.File("tree/many.txt", string.Concat(Enumerable.Repeat("needle in a line of some length\n", 5_000)));
        for (var i = 0; i < 3_000; i++)
        {
            bench.File($"tree/many/a-rather-long-name-{i}.txt", string.Empty);
        }

        var found = await bench.OkAsync("Grep", new { pattern = "needle" });
        var listed = await bench.OkAsync("Glob", new { pattern = "many/*" });

        Assert.InRange(found.Length, 1, bench.Options.MostToolCharacters + 200);
        Assert.EndsWith("narrow it by path, glob or pattern]\n", found, StringComparison.Ordinal);
        Assert.InRange(listed.Length, 1, bench.Options.MostToolCharacters + 200);
        var left = int.Parse(listed[(listed.IndexOf("[cut: ", StringComparison.Ordinal) + 6)..].Split(' ')[0].Replace(",", string.Empty, StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(3_000, left + listed.Split('\n').Count(line => line.StartsWith("many/", StringComparison.Ordinal)));
    }
}
