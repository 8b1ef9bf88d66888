using Muster.Agents;
using Muster.Agents.Chat;
using Muster.Agents.Inspect;
using Muster.Dispatch;
using Muster.Loopback;
using Muster.Loopback.Scripting;
using Muster.Models;
using Muster.Plans;
using Muster.Prompts;
using Muster.Settings;
using Muster.Tests.Journal;

namespace Muster.Tests.Contracts;

/// <summary>The agents behind a chat API, against a server that speaks it on loopback.</summary>
public abstract class ChatAgentContract(string name) : HeldWorkspaceContract, IAsyncLifetime
{
    private ModelServer? server;
    private ChatAgent? agent;

    protected override IAgent Agent => agent ??= ChatAgent.Create(
        name, Path.Combine(Home.Path, "run"), new AgentSettings { BaseUrl = new(server!.Address, name == "openai" ? "v1" : string.Empty) },
        ModelTable.BuiltIn, new SourceTrees(), _ => "key", new(), TimeProvider.System);

    public async ValueTask InitializeAsync() => server = await ModelServer.StartAsync(new()
    {
        Script = ModelScript.Parse("""
            {"tasks":[
              {"match":"A long one","fault":"hang"},
              {"match":"A builder","steps":[{"tool":"Write","input":{"file_path":"made.txt","content":"made"}},{"tool":"Glob","input":{"pattern":"*"}},{"write":"{file}"},{"text":"Done. It stands."}]}
            ]}
            """),
    });

    public async ValueTask DisposeAsync()
    {
        await server!.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected override TaskSpec Spec(bool isLong) => Plain(name) with { Tools = ["Read", "Grep", "Glob"], Name = isLong ? "A long one" : "A short one" };

    protected override TaskSpec BuilderSpec => Plain(name) with { Tools = ["Read", "Write", "Glob"], Name = "A builder" };

    protected override string BuilderPrompt(string outputPath) => new StepPrompt(GoldenPlan.Header, RunPrompts.BuiltIn).OfWorker(BuilderSpec, outputPath, [], null);

    protected override string Prompt(string outputPath, bool isLong) => new StepPrompt(GoldenPlan.Header, RunPrompts.BuiltIn).OfWorker(Spec(isLong), outputPath, [], null);
}
