using System.Collections.Immutable;
using Muster.Loopback.Scripting;

namespace Muster.Loopback.Rehearsing;

/// <summary>The steps of a worker or coordinator that does its task well: it looks, writes its file, and says so.</summary>
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
        : RehearsedFile.OfWorker(prompt);

    private static string Returned(MusterPrompt prompt, Conversation conversation) => prompt.IsCoordinator
        ? RehearsedFile.Summary(prompt, conversation.ToolResults)
        : "Done. The rehearsal wrote its file.";

    private static ImmutableArray<ScriptedTool> Looks(MusterPrompt prompt, ToolChoice tools) => prompt.IsCoordinator
        ? [.. prompt.Inputs.Take(MostReads).Select(input => tools.Read(input.Path)).OfType<ScriptedTool>()]
        : tools.Look(prompt.Root) is { } look ? [look] : [];
}
