using Muster.Agents.Chat.Tools;

namespace Muster.Tests.Agents.Chat.Tools;

public sealed class ReadToolTests : IDisposable
{
    private readonly ToolBench bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task Lines_come_with_their_numbers()
    {
        bench.File("tree/src/a.py", "import os\r\nx = 1\n");

        Assert.Equal("     1\timport os\n     2\tx = 1\n", await bench.OkAsync("Read", new { file_path = "src/a.py" }));
        Assert.Equal("     1\timport os\n     2\tx = 1\n", await bench.OkAsync("Read", new { file_path = Path.Combine(bench.Root, "src/a.py") }));
    }

    [Fact]
    public async Task A_part_is_read_from_its_first_line_and_says_where_it_goes_on()
    {
        bench.File("tree/a.txt", string.Concat(Enumerable.Range(1, 100).Select(n => $"line {n}\n")));

        var text = await bench.OkAsync("Read", new { file_path = "a.txt", offset = 10, limit = 2 });

        Assert.Equal("    10\tline 10\n    11\tline 11\n[cut: the file goes on; read from offset 12]\n", text);
        Assert.Contains("100 lines", await bench.OkAsync("Read", new { file_path = "a.txt", offset = 200 }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Long_output_is_bounded_and_every_line_can_still_be_reached()
    {
        bench.File("tree/a.txt", string.Concat(Enumerable.Range(1, 5_000).Select(n => $"{n} {new string('x', 50)}\n")));
        var (seen, at) = (0, 1);
        while (at > 0)
        {
            var text = await bench.OkAsync("Read", new { file_path = "a.txt", offset = at, limit = 5_000 });
            Assert.InRange(text.Length, 1, bench.Options.MostToolCharacters + 100);
            seen += text.Split('\n').Count(line => line.Contains("xxx", StringComparison.Ordinal));
            at = text.IndexOf("offset ", StringComparison.Ordinal) is >= 0 and var i ? int.Parse(text[(i + 7)..^2], System.Globalization.CultureInfo.InvariantCulture) : 0;
        }

        Assert.Equal(5_000, seen);
    }

    /// <summary>Faults 25 to 27: none of these may cost memory or time, or end the attempt.</summary>
    [Fact]
    public async Task Strange_files_are_told_as_what_they_are()
    {
        bench.File("tree/long.txt", new string('y', 3_000_000) + "\nend\n");
        await File.WriteAllBytesAsync(Path.Combine(bench.Root, "bytes.py"), [0x61, 0xC3, 0x28, 0x0A, 0xFF], TestContext.Current.CancellationToken);
        using (var huge = new FileStream(Path.Combine(bench.Root, "huge.bin"), FileMode.Create))
        {
            huge.SetLength(2L << 30);
        }

        using (var log = new FileStream(Path.Combine(bench.Root, "huge.log"), FileMode.Create))
        {
            log.Write([.. Enumerable.Repeat((byte)'a', 9_000)]);
            log.SetLength(2L << 30);
        }

        bench.File("tree/empty", string.Empty);

        Assert.Contains("[line cut]\n     2\tend", await bench.OkAsync("Read", new { file_path = "long.txt" }), StringComparison.Ordinal);
        Assert.Equal("     1\ta\uFFFD(\n     2\t\uFFFD\n", await bench.OkAsync("Read", new { file_path = "bytes.py" }));
        Assert.Contains("binary (2,147,483,648 bytes)", await bench.RefusedAsync("Read", new { file_path = "huge.bin" }), StringComparison.Ordinal);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("2,147,483,648 bytes, of which", await new ReadTool(new(bench.Task), 30_000).RunAsync(new(new Dictionary<string, object?> { ["file_path"] = "huge.log" }), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        Assert.Contains("empty", await bench.OkAsync("Read", new { file_path = "empty" }), StringComparison.Ordinal);
    }

    /// <summary>Security: nothing leads out of the tree, whatever the path looks like.</summary>
    [Fact]
    public async Task No_path_leads_out_of_the_tree()
    {
        var secret = bench.File("outside/secret.txt", "secret");
        bench.File("tree/.git/config", "url = https://user:password@example.com");
        File.CreateSymbolicLink(Path.Combine(bench.Root, "file"), secret);
        File.CreateSymbolicLink(Path.Combine(bench.Root, "directory"), Path.GetDirectoryName(secret)!);
        ToolBench.MakePipe(Path.Combine(bench.Root, "pipe"));

        foreach (var path in new[]
        {
            secret, "../outside/secret.txt", "src/../../outside/secret.txt", "/etc/passwd", bench.Root + "/../outside/secret.txt", bench.Root + "2/x", "file",
            "directory/secret.txt", "pipe", ".", bench.Root, "", "a\0b", ".git/config", "./.git/config", "/proc/self/environ", new string('a', 5_000), "missing.txt",
        })
        {
            Assert.DoesNotContain("password", await bench.RefusedAsync("Read", new { file_path = path }), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_is_not_in_the_tasks_scope_is_not_read()
    {
        bench.File("tree/src/a.py", "a\n");
        bench.File("tree/docs/b.md", "b\n");
        bench.Task = bench.TaskOf(["Read"], ["src/**"]);

        await bench.OkAsync("Read", new { file_path = "src/a.py" });
        Assert.Contains("src/**", await bench.RefusedAsync("Read", new { file_path = "docs/b.md" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_coordinator_reads_its_list_and_nothing_else()
    {
        var input = bench.File("run/workers/sec-1.md", "# T\n");
        bench.File("run/workers/sec-2.md", "# U\n");
        bench.File("tree/a.py", "a\n");
        bench.Task = bench.Task with { Role = Muster.Runs.Role.Coordinator, Spec = null, Inputs = [new("sec-1", input, "hash")] };

        Assert.Equal("     1\t# T\n", await bench.OkAsync("Read", new { file_path = input }));
        await bench.RefusedAsync("Read", new { file_path = Path.Combine(bench.Run, "workers", "sec-2.md") });
        await bench.RefusedAsync("Read", new { file_path = "a.py" });
        Assert.Equal(["Read", "Write"], bench.Box().Declarations.Select(tool => tool.Name));
    }

    [Fact]
    public async Task Arguments_of_a_wrong_kind_are_told_to_the_model()
    {
        Assert.Contains("'file_path' is missing", await bench.RefusedAsync("Read", new { }), StringComparison.Ordinal);
        Assert.Contains("must be a text", await bench.RefusedAsync("Read", new { file_path = 7 }), StringComparison.Ordinal);
        Assert.Contains("must be a whole number", await bench.RefusedAsync("Read", new { file_path = "a", offset = "x" }), StringComparison.Ordinal);
    }
}
