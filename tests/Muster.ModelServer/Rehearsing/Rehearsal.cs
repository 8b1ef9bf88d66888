using System.Collections.Immutable;
using Muster.Loopback.Scripting;

namespace Muster.Loopback.Rehearsing;

/// <summary>The steps of an agent that does its task well: it looks, does its role's work in a build, writes its file, and says so.</summary>
internal static class Rehearsal
{
    /// <summary>Most files that are read at once.</summary>
    private const int MostReads = 8;

    public static ImmutableArray<ScriptedStep> Steps(MusterPrompt prompt, Conversation conversation)
    {
        var tools = new ToolChoice(conversation.Tools);
        var file = FileOf(prompt, conversation);
        var steps = ImmutableArray.CreateBuilder<ScriptedStep>();
        if (Looks(prompt, tools) is { IsEmpty: false } looks)
        {
            steps.Add(new() { Tools = looks });
        }

        if (RehearsedBuild.Files(prompt).Select(made => tools.Write(made.Path, made.Content)).OfType<ScriptedTool>().ToImmutableArray() is { IsEmpty: false } work)
        {
            steps.Add(new() { Tools = work });
        }

        if (prompt.WantsFileAsAnswer || tools.Write(prompt.OutputPath, file) is not { } write)
        {
            steps.Add(ScriptedStep.Say($"{file}\n{Returned(prompt, conversation)}"));
        }
        else
        {
            steps.Add(new() { Tools = [write] });
            steps.Add(ScriptedStep.Say(Returned(prompt, conversation)));
        }

        return steps.ToImmutable();
    }

    /// <summary>A well formed file for the prompt.</summary>
    public static string FileOf(MusterPrompt prompt, Conversation conversation) =>
        prompt.IsCoordinator ? RehearsedFile.OfCoordinator(prompt, conversation.ToolResults)
        : prompt.IsPlanner ? RehearsedFile.OfPlanner(prompt)
        : RehearsedBuild.Has(prompt.Role) ? RehearsedBuild.Report(prompt)
        : RehearsedFile.OfWorker(prompt);

    private static string Returned(MusterPrompt prompt, Conversation conversation) => prompt.IsCoordinator
        ? RehearsedFile.Summary(prompt, conversation.ToolResults)
        : prompt.Role is "judge" ? "Done. Adapt: the rehearsal has it stay as it is."
        : "Done. The rehearsal wrote its file.";

    private static ImmutableArray<ScriptedTool> Looks(MusterPrompt prompt, ToolChoice tools) => prompt.IsCoordinator
        ? [.. prompt.Inputs.Take(MostReads).Select(input => tools.Read(input.Path)).OfType<ScriptedTool>()]
        : tools.Look(prompt.Worktree ?? prompt.Root) is { } look ? [look] : [];
}
