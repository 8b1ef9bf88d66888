using System.Runtime.CompilerServices;
using Muster.Agents;
using Muster.Diagnosis;
using Muster.Plans;
using Muster.Runs;
using Muster.Settings;

namespace Muster.Tests.Diagnosis;

/// <summary>A probe is one attempt on the way of every run.</summary>
public sealed class AgentProbeTests
{
    [Theory]
    [InlineData("inspect")]
    [InlineData("scripted")]
    public async Task An_agent_that_works_is_told_with_its_words_and_leaves_nothing_behind(string agent)
    {
        var probe = await AgentProbe.RunAsync(agent, UserSettings.Default, TestContext.Current.CancellationToken);

        Assert.True(probe.IsGood, probe.Said);
        Assert.StartsWith("Done.", probe.Said, StringComparison.Ordinal);
        Assert.Null(probe.Directory);
    }

    [Fact]
    public async Task An_agent_that_only_says_it_is_done_has_failed_and_its_files_are_kept()
    {
        var agent = new Idle(null);

        var probe = await ProbeAsync(agent);

        Assert.Equal((false, "no output file was written"), (probe.IsGood, probe.Said));
        Assert.Equal(0.01m, probe.Spent.KnownUsd);
        Assert.Equal(1, agent.Runs);
        Assert.True(File.Exists(Path.Combine(probe.Directory!, "run.db")));
        Directory.Delete(Path.GetDirectoryName(Path.GetDirectoryName(probe.Directory))!, recursive: true);
    }

    /// <summary>A busy provider is not waited for: the one attempt that a probe has is gone.</summary>
    [Theory]
    [InlineData(FailureClass.Permanent)]
    [InlineData(FailureClass.Transient)]
    public async Task A_refusal_is_told_in_the_agents_words(FailureClass kind)
    {
        var agent = new Idle(new(kind, "401 invalid key"));

        var probe = await ProbeAsync(agent);

        Assert.Equal((false, 1), (probe.IsGood, agent.Runs));
        Assert.Contains("401 invalid key", probe.Said, StringComparison.Ordinal);
        Directory.Delete(Path.GetDirectoryName(Path.GetDirectoryName(probe.Directory))!, recursive: true);
    }

    [Fact]
    public async Task An_agent_that_is_not_there_is_an_error_with_the_nearest_name()
    {
        var error = await Assert.ThrowsAsync<PlanException>(() => AgentProbe.RunAsync("inspcet", UserSettings.Default, TestContext.Current.CancellationToken));

        Assert.Contains("There is no agent 'inspcet'. Did you mean 'inspect'?", error.Message, StringComparison.Ordinal);
    }

    private static Task<ProbeResult> ProbeAsync(IAgent agent) => AgentProbe.RunAsync(
        "scripted", UserSettings.Default, _ => new Dictionary<string, IAgent>(StringComparer.Ordinal) { ["scripted"] = agent }, TestContext.Current.CancellationToken);

    /// <summary>Spends a cent and does nothing.</summary>
    private sealed class Idle(AgentFailure? failure) : IAgent
    {
        public int Runs { get; private set; }

        public string Name => "scripted";

        public async IAsyncEnumerable<AgentReport> RunAsync(AgentTask task, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask;
            Runs++;
            yield return new AgentReport.Used(new(10, 5, 0.01m));
            yield return new AgentReport.Finished("Done.", failure);
        }
    }
}
