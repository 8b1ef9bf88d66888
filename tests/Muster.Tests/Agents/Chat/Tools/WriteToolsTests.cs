namespace Muster.Tests.Agents.Chat.Tools;

public sealed class WriteToolsTests : IDisposable
{
    private readonly ToolBench bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task The_one_file_of_the_task_is_written_and_edited()
    {
        var path = bench.Task.OutputPath;
        await bench.OkAsync("Write", new { file_path = path, content = "# T\n## Findings\n- none\n- none\n" });
        await bench.OkAsync("Edit", new { file_path = path, old_string = "# T\n", new_string = "# Title ü\n" });

        Assert.Contains("2 times", await bench.RefusedAsync("Edit", new { file_path = path, old_string = "- none", new_string = "- x" }), StringComparison.Ordinal);
        Assert.Contains("does not stand", await bench.RefusedAsync("Edit", new { file_path = path, old_string = "nowhere", new_string = "- x" }), StringComparison.Ordinal);
        await bench.OkAsync("Edit", new { file_path = path, old_string = "- none", new_string = "- x", replace_all = true });

        Assert.Equal("# Title ü\n## Findings\n- x\n- x\n", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        Assert.Equal([path], Directory.GetFiles(bench.Task.Directory));
    }

    /// <summary>Fault 29: an agent of ours cannot write outside its file at all.</summary>
    [Fact]
    public async Task No_other_path_is_written()
    {
        var victim = bench.File("tree/src/a.py", "mine\n");
        foreach (var path in new[]
        {
            victim, "src/a.py", "output.md", bench.Task.Directory + "/other.md", bench.Task.Directory + "/../1/output.md", bench.Task.Directory + "/./output.md",
            bench.Task.Directory + "/transcript.jsonl", bench.Task.OutputPath + "\0", "/tmp/x", string.Empty,
        })
        {
            await bench.RefusedAsync("Write", new { file_path = path, content = "theirs" });
            await bench.RefusedAsync("Edit", new { file_path = path, old_string = "mine", new_string = "theirs" });
        }

        Assert.Equal("mine\n", await File.ReadAllTextAsync(victim, TestContext.Current.CancellationToken));
        Assert.Empty(Directory.GetFiles(bench.Task.Directory));
    }

    /// <summary>Fault 30: what stands in the file's place is replaced, never written through.</summary>
    [Fact]
    public async Task A_link_or_pipe_in_the_files_place_is_replaced()
    {
        var victim = bench.File("tree/src/a.py", "mine\n");
        File.CreateSymbolicLink(bench.Task.OutputPath, victim);
        File.CreateSymbolicLink(bench.Task.OutputPath + ".new", victim);

        Assert.Contains("link", await bench.RefusedAsync("Edit", new { file_path = bench.Task.OutputPath, old_string = "mine", new_string = "theirs" }), StringComparison.Ordinal);
        await bench.OkAsync("Write", new { file_path = bench.Task.OutputPath, content = "ours" });
        File.Delete(bench.Task.OutputPath);
        ToolBench.MakePipe(bench.Task.OutputPath);
        await bench.OkAsync("Write", new { file_path = bench.Task.OutputPath, content = "ours" });

        Assert.Equal("ours", await File.ReadAllTextAsync(bench.Task.OutputPath, TestContext.Current.CancellationToken));
        Assert.Equal("mine\n", await File.ReadAllTextAsync(victim, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Only_what_the_task_allows_is_offered_and_its_file_can_always_be_written()
    {
        bench.Task = bench.TaskOf(["Grep", "Read", "WebSearch"], []);
        Assert.Equal(["Read", "Grep", "Write"], bench.Box().Declarations.Select(tool => tool.Name));

        bench.Task = bench.TaskOf([], []);
        Assert.Equal(["Write"], bench.Box().Declarations.Select(tool => tool.Name));
    }

    [Fact]
    public async Task A_tool_that_is_not_offered_is_told_and_not_run()
    {
        bench.Task = bench.TaskOf(["Read"], []);

        Assert.Contains("There is no tool 'Bash'. There are: Read, Write.", await bench.RefusedAsync("Bash", new { command = "true" }), StringComparison.Ordinal);
    }
}
