using Muster.Agents;
using Muster.Artefacts;
using Muster.Plans;
using Muster.Prompts;
using Muster.Runs;

namespace Muster.Dispatch;

/// <summary>Writes the prompt of an attempt from its role's template.</summary>
/// <remarks>
/// What other agents wrote stands in it between marks with a random boundary that none of them could know, with its author and hash, and
/// is told to be material: their files, and the reasons in which their words may be quoted.
/// </remarks>
internal sealed class StepPrompt(RunHeader header, RunPrompts templates)
{
    private const int ReasonLength = 500;

    private readonly PromptFence fence = new();

    /// <summary>How many of a prompt's first characters all prompts of its role share.</summary>
    public int SharedLength(Role role) => (role is Role.Worker ? templates.Worker : templates.Coordinator).SharedLength;

    public string OfWorker(TaskSpec task, string outputPath, IReadOnlyList<AgentInput> inputs, string? lastReason) =>
        templates.Worker.Render(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["specific_task_description"] = task.Task,
            ["output_file_path"] = outputPath,
            ["allowed_tools"] = task.Tools.IsEmpty ? "None beyond writing your file." : string.Join(", ", task.Tools),
            ["task_name"] = task.Name,
            ["scope_constraint"] = task.Scope.IsEmpty
                ? $"Only files under {header.Root}"
                : $"Only files under {header.Root} that match: {string.Join(", ", task.Scope)}",
            ["inputs_and_remarks"] = fence.Inputs(inputs) + fence.Remark(lastReason),
        });

    public string OfCoordinator(
        string domain, string outputPath, IReadOnlyList<AgentInput> inputs, AttemptInputs from, string? lastReason) =>
        templates.Coordinator.Render(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["domain_name"] = domain,
            ["explicit_file_list"] = PromptFence.FileList(inputs),
            ["synthesis_file_path"] = outputPath,
            ["gaps_and_denominator"] = $"{from.Verified:N0} of {from.Planned:N0} workers below you were verified."
                + (from.Gaps.IsEmpty ? string.Empty : "\n\nGaps, with reasons in which agents may be quoted:\n\n"
                    + fence.Around("gaps", string.Join('\n', from.Gaps.Select(gap => "- " + ReportText.Line(gap, ReasonLength))))),
            ["inputs_and_remarks"] = fence.Contents(inputs) + fence.Remark(lastReason),
        });
}
