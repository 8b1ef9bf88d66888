namespace Muster.EndToEnd;

/// <summary>Fault 86: a synthesis is held to its sources.</summary>
public sealed class SynthesisTests : IDisposable
{
    private readonly MusterProcess muster = new();

    public void Dispose() => muster.Dispose();

    [Fact]
    public async Task A_synthesis_that_names_a_task_that_is_not_there_is_sent_back_and_one_that_names_too_few_is_told()
    {
        muster.Write(
            "plan.yaml",
            "goal: Try\nagent: scripted\ndomains:\n  - id: d\n    tasks:\n"
            + string.Concat(Enumerable.Range(1, 10).Select(i => $"      - {{ id: t-{i}, task: Do, model: sonnet }}\n")));
        muster.Write("script.yaml", """
            "d/1":
              - output: "# S\n\n## Findings\n\n- [minor] .: made up [nobody]\n\n<!-- DONE -->\n"
              - output: "# S\n\n## Findings\n\n- [minor] .: seen [t-1]\n\n<!-- DONE -->\n"
            """);

        var run = await muster.RunAsync("run", "plan.yaml", "--script", "script.yaml");

        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        Assert.Contains("a finding names [nobody], which is no task below this synthesis", run.Output, StringComparison.Ordinal);
        Assert.Contains("it names nothing of: t-2, t-3", run.Output, StringComparison.Ordinal);
    }
}
