using System.Globalization;

namespace Muster.Bench;

/// <summary>Trivial commands, 8 at once: through the built command, everything journaled, verified and sealed, against xargs doing the same work.</summary>
internal static class CommandCost
{
    public static Task<int> RunAsync(int tasks)
    {
        using var home = new BenchDirectory();
        Directory.CreateDirectory(home.Of("out"));
        var body = $"# t\n\n## Findings\n\n- none\n\n## Recommendation\n\n{string.Concat(Enumerable.Repeat(new string('x', 79) + "\n", 24))}\n<!-- DONE -->";
        File.WriteAllLines(home.Of("items.txt"), Enumerable.Range(1, tasks).Select(i => i.ToString(CultureInfo.InvariantCulture)));
        File.WriteAllText(
            home.Of("plan.yaml"),
            $$"""
            goal: Bench
            agent: command
            capacity: 24
            domains:
              - id: d
                tasks:
                  - foreach: { lines: items.txt }
                    id: "t{item}"
                    task: Write 2 KB
                    model: sonnet
                    command: ["sh", "-c", "printf '%s\n' \"$0\" > \"$MUSTER_OUTPUT\"; echo Done.", "{{body.Replace("\n", "\\n", StringComparison.Ordinal)}}"]
            """);
        var xargs = Cost.Of(() => MusterProgram.Run(
            "xargs",
            ["-a", home.Of("items.txt"), "-P", "8", "-I", "{}", "sh", "-c", $"printf '%s\\n' \"$0\" > {home.Of("out")}/{{}}.md; echo Done.", body]));
        var muster = Cost.Of(() => MusterProgram.Run("run", home.Of("plan.yaml"), "--runs", home.Of("runs")));
        Console.WriteLine($"{tasks:N0} commands that write 2 KB, 8 at once");
        Console.WriteLine($"xargs -P 8 {xargs.PerSecond(tasks),10:N0} tasks/s");
        Console.WriteLine($"muster run {muster.PerSecond(tasks),10:N0} tasks/s   ratio {xargs.Wall / muster.Wall:0.00}");
        return Task.FromResult(0);
    }
}
