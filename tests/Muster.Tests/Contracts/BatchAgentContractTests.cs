using Muster.Agents;
using Muster.Agents.Batches;
using Muster.Agents.Inspect;
using Muster.Dispatch;
using Muster.Loopback;
using Muster.Models;
using Muster.Plans;
using Muster.Prompts;
using Muster.Settings;
using Muster.Tests.Journal;

namespace Muster.Tests.Contracts;

/// <summary>The agent behind the batch interface, against a server that speaks it on loopback.</summary>
public sealed class BatchAgentContractTests : AgentContract, IAsyncLifetime
{
    private ModelServer? server;
    private BatchAgent? agent;

    protected override IAgent Agent => agent ??= new(
        Directory.CreateDirectory(Path.Combine(Home.Path, "run")).FullName, new AgentSettings { BaseUrl = server!.Address }, ModelTable.BuiltIn, new SourceTrees(), _ => "key",
        new() { Quiet = TimeSpan.FromMilliseconds(50), FirstLook = TimeSpan.FromMilliseconds(50) }, TimeProvider.System);

    public async ValueTask InitializeAsync()
    {
        server = await ModelServer.StartAsync();
        Home.File($"run/{BatchLog.FileName}", string.Empty); // The run's own file, which is no attempt's.
    }

    public async ValueTask DisposeAsync()
    {
        await server!.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected override TaskSpec Spec(bool isLong) => Plain("anthropic-batch");

    protected override string Prompt(string outputPath, bool isLong) => new StepPrompt(GoldenPlan.Header, RunPrompts.BuiltIn).OfWorker(Spec(isLong), outputPath, [], null);
}
