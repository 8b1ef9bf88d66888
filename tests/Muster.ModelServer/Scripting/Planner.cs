using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using Muster.Loopback.Rehearsing;

namespace Muster.Loopback.Scripting;

/// <summary>Finds the step that answers a conversation.</summary>
internal sealed partial class Planner(ModelScript script)
{
    private readonly Tries tries = new();

    /// <exception cref="ScriptFormatException">The prompt's FAKE block is none.</exception>
    public (ScriptedStep Step, int Turn, StepFault Fault) Next(Conversation conversation)
    {
        if (conversation.Tools.Count == 0 && SideCallPattern().IsMatch(string.Join('\n', conversation.System)))
        {
            return (ScriptedStep.Say("A rehearsal"), 0, StepFault.None);
        }

        var (step, turn, prompt) = Find(conversation);
        return (Offered(step, conversation), turn, tries.Next(step, prompt, turn));
    }

    private (ScriptedStep Step, int Turn, string Prompt) Find(Conversation conversation)
    {
        if (FakeBlock.Find(conversation) is { } fake)
        {
            return (At(fake.Steps, fake.Turn), fake.Turn, fake.Text);
        }

        var prompt = MusterPrompt.Find(conversation);
        var (text, turn) = prompt is null ? conversation.UserTexts.LastOrDefault() : (prompt.Text, prompt.Turn);
        var rule = script.RuleFor(prompt?.Subject ?? text ?? string.Empty);
        var steps = rule is { Steps.IsDefault: false } ? rule.Steps
            : prompt is not null ? Rehearsal.Steps(prompt, conversation)
            : [ScriptedStep.Say(SchemaAnswer.For(conversation) ?? "Done. This is a rehearsal: no model has read the prompt.")];
        var step = Fill(At(steps, turn), prompt, conversation);
        return (rule?.Conditions is { } conditions && rule.At == turn ? step.WithConditionsOf(conditions) : step, turn, text ?? string.Empty);
    }

    /// <summary>A conversation that goes on after its last step is answered by a line.</summary>
    private static ScriptedStep At(ImmutableArray<ScriptedStep> steps, int turn) =>
        turn < steps.Length ? steps[turn] : ScriptedStep.Say("Done. There is no further step.");

    /// <summary>A script's step may speak of the task's file without knowing its path or the tool that writes.</summary>
    private static ScriptedStep Fill(ScriptedStep step, MusterPrompt? prompt, Conversation conversation)
    {
        if (prompt is null)
        {
            return step;
        }

        var tools = new ToolChoice(conversation.Tools);
        string Filled(string text) => Placed(text, prompt, plain: true) is var placed && placed.Contains("{file}", StringComparison.Ordinal)
            ? placed.Replace("{file}", Rehearsal.FileOf(prompt, conversation), StringComparison.Ordinal)
            : placed;

        var beside = step.AttemptFiles.Select(file => (Path.Combine(prompt.Directory, file.Path), file.Content));
        var files = step.Files.Select(file => (Path.Combine(prompt.Worktree ?? throw new ScriptFormatException($"{prompt.OutputPath} has no worktree for files"), file.Path), file.Content));
        var writes = files.Concat(beside).Select(file => tools.Write(file.Item1, Filled(file.Content))
            ?? throw new ScriptFormatException($"{prompt.OutputPath} was offered no tool that writes files"));
        step = step with { Tools = [.. step.Tools.Select(t => t with { Input = Placed(t.Input, prompt, plain: false) }), .. writes] };
        if (step.Write is { } content)
        {
            step = tools.Write(prompt.OutputPath, Filled(content)) is { } write && !prompt.WantsFileAsAnswer
                ? step with { Tools = step.Tools.Add(write) }
                : step with { Text = Filled(content) };
        }

        return step with { Text = step.Text is null ? null : Filled(step.Text) };
    }

    /// <summary>A text, or JSON, with the places of the prompt instead of their names.</summary>
    private static string Placed(string text, MusterPrompt prompt, bool plain)
    {
        foreach (var (name, path) in ((string, string?)[])[("{output_file_path}", prompt.OutputPath), ("{attempt_directory}", prompt.Directory), ("{worktree}", prompt.Worktree)])
        {
            text = path is null ? text : text.Replace(name, plain ? path : JsonEncodedText.Encode(path).ToString(), StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>The step with tools as they are offered; a request without tools gets words.</summary>
    private static ScriptedStep Offered(ScriptedStep step, Conversation conversation)
    {
        if (step.Tools.IsEmpty)
        {
            return step;
        }

        var tools = new ToolChoice(conversation.Tools);
        return conversation.Tools.Count == 0
            ? step with { Tools = [], Text = step.Text ?? "A rehearsal" }
            : step with { Tools = [.. step.Tools.Select(tools.Resolve)] };
    }

    /// <summary>CLIs have titles and summaries made beside the work; those must not use up the work's steps.</summary>
    [GeneratedRegex("title generator|(?:generate|write|create)s? (?:a |an |the )?(?:[a-z, ]+)?title|summari[sz]e (?:the|this) conversation", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex SideCallPattern();
}
