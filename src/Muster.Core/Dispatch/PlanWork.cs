using System.Collections.Immutable;
using Muster.Agents;
using Muster.Artefacts;
using Muster.Plans;
using Muster.Prompts;
using Muster.Runs;

namespace Muster.Dispatch;

/// <summary>Attempts at the tasks of a plan, and at the syntheses over them.</summary>
/// <param name="table">The run's steps.</param>
/// <param name="header">What the run is.</param>
/// <param name="directory">Where it lives.</param>
/// <param name="specs">The task of a worker, by index.</param>
/// <param name="options">Time and size limits.</param>
internal sealed class PlanWork(StepTable table, RunHeader header, RunDirectory directory, Func<int, TaskSpec> specs, DispatchOptions options) : IStepWork
{
    private readonly StepPrompt prompts = new(header, RunPrompts.Read(directory.Path, header.Prompts));
    private readonly AttemptJudge judge = new(table, header, directory, options);

    public ValueTask<AgentTask> PrepareAsync(AttemptOrder order, StepRow row, AttemptInputs inputs, IAgent agent, CancellationToken stop)
    {
        var spec = row.Role is Role.Worker ? specs(order.Step) : null;
        var home = directory.Attempt(row.Role, row.Id, order.Attempt);
        var output = Path.Combine(home, "output.md");
        var files = inputs.Files.Select(ToAgentInput).ToImmutableArray();
        var prompt = agent.WorksInMemory ? string.Empty
            : spec is not null ? prompts.OfWorker(spec, output, files, order.LastReason)
            : prompts.OfCoordinator(header.Domains[row.Domain].Title, output, files, inputs, order.LastReason);
        if (!agent.WorksInMemory)
        {
            AttemptHome.LayOut(home, prompt, mayBeThere: order.Recover, agent as IResumableAgent);
        }

        return ValueTask.FromResult(new AgentTask
        {
            RunId = header.RunId,
            Step = row.Key,
            TaskId = row.Id,
            Attempt = order.Attempt,
            Role = row.Role,
            Spec = spec,
            Tier = row.Tier,
            Model = ModelOf(row)?.Model ?? spec?.Model ?? header.CoordinatorModel,
            MostUsd = header.Limits.AttemptUsd,
            Root = header.Root,
            Directory = home,
            Prompt = prompt,
            SharedLength = prompts.SharedLength(row.Role),
            Inputs = files,
            Gaps = inputs.Gaps,
            Timeout = spec?.Timeout ?? (BatchedAgent.Is(agent.Name) ? options.BatchCeiling : options.Ceiling),
            Title = header.Domains[row.Domain].Title,
            Planned = inputs.Planned,
            Verified = inputs.Verified,
        });
    }

    public bool IsComplete(StepRow row, AgentTask task) => row.Role is Role.Worker && judge.IsComplete(task);

    public ValueTask<Judgement> JudgeAsync(AttemptOrder order, StepRow row, AgentTask task, AgentWork work, CancellationToken stop) =>
        ValueTask.FromResult(judge.Judge(order, row, task, work));

    private RunModel? ModelOf(in StepRow row) => header.ModelOf(table.Agents[row.Agent], table.Models[row.Model]);

    private AgentInput ToAgentInput(SealedInput input)
    {
        var row = table[input.Step];
        return new(row.Id, directory.Published(row.Role, row.Id), input.Sha256.ToString());
    }
}
