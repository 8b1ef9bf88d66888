using Muster.Agents;
using Muster.Agents.Inspect;
using Muster.Artefacts;
using Muster.Runs;
using Muster.Synthesis;

namespace Muster.Tests.Agents.Inspect;

/// <summary>The built-in coordinator joins what workers wrote, whatever they wrote, and counts what the engine counts.</summary>
public sealed class SynthesisWriterTests : IDisposable
{
    private readonly TempDirectory home = new();

    public void Dispose() => home.Dispose();

    /// <summary>Brackets at the end of a worker's words are the worker's; only a synthesis names tasks there.</summary>
    [Fact]
    public void A_finding_that_ends_in_an_index_names_its_worker_and_no_other()
    {
        var (file, _) = SynthesisWriter.Write(Task("security/1", Worker("sec-1", "- [major] a.cs:1: unchecked names[i]\n- [minor] b.cs:2: see [other]")));

        Assert.Contains("unchecked names[i] [sec-1]", file, StringComparison.Ordinal);
        Assert.Contains("see [other] [sec-1]", file, StringComparison.Ordinal);
        Assert.Null(Citations.Fault(file, new HashSet<string> { "sec-1" }));

        var (upper, _) = SynthesisWriter.Write(Task("security/2", Synthesis("security/1", file)));

        Assert.Contains("unchecked names[i] [sec-1]", upper, StringComparison.Ordinal);
        Assert.Contains("see [other] [sec-1]", upper, StringComparison.Ordinal);
    }

    /// <summary>An agent's synthesis that names no source keeps its words whole.</summary>
    [Fact]
    public void An_index_at_the_end_of_a_synthesis_finding_is_no_citation() =>
        Assert.Null(Citations.Fault("# T\n## Findings\n- [major] a.cs:1: unchecked names[i]\n<!-- DONE -->\n", new HashSet<string> { "sec-1" }));

    [Fact]
    public void What_is_ungrounded_or_suppressed_is_listed_apart_and_not_counted_on_any_level()
    {
        var worker = Worker(
            "sec-1", "- [critical] a.cs:1: real\n- [critical] gone.cs:9: invented\n- [major] b.cs:3: known (no-eval)",
            new(true, null, null, new('0', 16)), new(false, "gone.cs is not there", null, new('0', 16)), new(true, null, "it is our own", new('0', 16)));
        var (file, summary) = SynthesisWriter.Write(Task("security/1", worker));

        Assert.Equal(["real [sec-1]"], WorkerFile.Parse(file).Findings.Select(f => f.Message));
        Assert.Contains("1 critical", summary, StringComparison.Ordinal);
        Assert.Contains("not counted: 1 ungrounded, 1 suppressed", summary, StringComparison.Ordinal);
        Assert.DoesNotContain("invented", summary, StringComparison.Ordinal);
        Assert.Contains("gone.cs:9: invented [sec-1]", file, StringComparison.Ordinal);

        var (upper, above) = SynthesisWriter.Write(Task("security/2", Synthesis("security/1", file)));

        Assert.Equal(["real [sec-1]"], WorkerFile.Parse(upper).Findings.Select(f => f.Message));
        Assert.Contains("not counted: 1 ungrounded, 1 suppressed", above, StringComparison.Ordinal);
    }

    private AgentInput Worker(string id, string findings, params Evidence[] evidence)
    {
        var path = Path.Combine(home.Path, id + ".md");
        var seal = Publisher.Publish($"# T\n## Findings\n{findings}\n<!-- DONE -->\n", path, id, 1);
        if (evidence.Length > 0)
        {
            EvidenceFile.Write(Path.ChangeExtension(path, ".evidence.json"), seal.Sha256, [.. evidence]);
        }

        return new(id, path, seal.Sha256);
    }

    private AgentInput Synthesis(string id, string text)
    {
        var path = Path.Combine(home.Path, id + ".md");
        return new(id, path, Publisher.Publish(text, path, id, 1).Sha256);
    }

    private AgentTask Task(string id, params AgentInput[] inputs) => new()
    {
        RunId = "r",
        Step = "synthesis/" + id,
        TaskId = id,
        Attempt = 1,
        Role = Role.Coordinator,
        Tier = Tier.Sonnet,
        Model = "sonnet",
        Root = home.Path,
        Directory = home.Path,
        Prompt = string.Empty,
        Inputs = [.. inputs],
        Title = "Security",
        Planned = 1,
        Verified = 1,
        Timeout = TimeSpan.FromMinutes(1),
    };
}
