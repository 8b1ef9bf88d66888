using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Muster.Loopback.Rehearsing;

/// <summary>The prompt of an agent of Muster, in whatever role, as far as a rehearsal must understand it.</summary>
/// <param name="Name">The task's or the domain's name; empty where the prompt is a user's own and has none.</param>
/// <param name="OutputPath">The one file that the prompt asks for.</param>
/// <param name="Text">The whole prompt.</param>
/// <param name="Turn">The assistant's turns since.</param>
/// <param name="Role">worker, coordinator, planner, or a role of a build; empty where the prompt is a user's own.</param>
internal sealed partial record MusterPrompt(string Name, string OutputPath, string Text, int Turn, string Role)
{
    /// <summary>With what the prompts of a build's roles begin.</summary>
    private static readonly (string Words, string Role)[] Beginnings =
    [
        ("You are the architect of a project", "architect"), ("You write pairs of questions and answers", "trainer"), ("You lay the skeleton of a project", "scaffolder"),
        ("You are a builder: you write one module", "builder"), ("You mend one finding of an audit", "action"), ("You examine one module", "qc"),
        ("A builder says that it cannot meet a contract", "judge"), ("You prepare what was built", "shipper"), ("You keep what a project remembers", "curator"),
    ];

    /// <summary>A rule of a script is matched against this.</summary>
    public string Subject => $"{Name}\n{OutputPath}";

    public bool IsCoordinator => Role is "coordinator";

    public bool IsPlanner => Role is "planner";

    /// <summary>The agent cannot write: what it says last becomes the file.</summary>
    public bool WantsFileAsAnswer => LastMessagePattern().IsMatch(WithoutMaterial);

    /// <summary>The attempt's own directory, in which a role of a build leaves what it proposes.</summary>
    public string Directory => Path.GetDirectoryName(OutputPath) ?? string.Empty;

    /// <summary>The worktree that a role of a build changes or examines; null where it has none.</summary>
    public string? Worktree => WorktreePattern().Match(WithoutMaterial) is { Success: true } match ? match.Groups["path"].Value.Trim() : null;

    /// <summary>Directory or file to look at first.</summary>
    public string Root => RootPattern().Match(WithoutMaterial) is { Success: true } match ? match.Groups["root"].Value : ".";

    /// <summary>The files of a coordinator, or of earlier tasks.</summary>
    public ImmutableArray<(string Path, string Id)> Inputs =>
        [.. InputPattern().Matches(WithoutMaterial).Select(m => (m.Groups["path"].Value, m.Groups["id"].Value))];

    /// <summary>What stands between the marks, with the label of each.</summary>
    public ImmutableArray<(string Label, string Content)> Material =>
        [.. MaterialPattern().Matches(Text).Select(m => (m.Groups["label"].Value, m.Groups["content"].Value))];

    /// <summary>How many of how many were verified, in the engine's words.</summary>
    public string Denominator => DenominatorPattern().Match(WithoutMaterial).Value;

    /// <summary>What agents wrote asks for nothing.</summary>
    public string WithoutMaterial => MaterialPattern().Replace(Text, string.Empty);

    /// <summary>The last of the user's texts that asks for a file, else the system's; null when this is no prompt of Muster.</summary>
    public static MusterPrompt? Find(Conversation conversation)
    {
        var texts = conversation.UserTexts.Reverse().Concat(conversation.System.Select(text => (text, conversation.UserTexts.FirstOrDefault().TurnsAfter)));
        foreach (var (text, turn) in texts)
        {
            if (PathPattern().Match(text) is { Success: true } match)
            {
                var whole = Joined(conversation, text);
                var name = NamePattern().Match(whole);
                var role = RolePattern().Match(whole);
                return new(name.Groups["name"].Value, match.Groups["path"].Value.Trim(), whole, turn, role.Success ? role.Groups["role"].Value : RoleOfBuild(whole));
            }
        }

        return null;
    }

    /// <summary>What all prompts of a role share may be the system's; it ends where the first thing stands that is a task's own, in the middle of a line.</summary>
    private static string Joined(Conversation conversation, string text)
    {
        var system = string.Concat(conversation.System);
        return !RolePattern().IsMatch(text) && RoleOfBuild(text).Length == 0 && (RolePattern().IsMatch(system + text) || RoleOfBuild(system).Length > 0) ? system + text : text;
    }

    private static string RoleOfBuild(string text) =>
        Array.Find(Beginnings, beginning => text.Contains(beginning.Words, StringComparison.Ordinal)).Role ?? string.Empty;

    [GeneratedRegex(@"(?:exactly this file|^## Your file)[^\n]*\r?\n\s*\n?[ \t]+(?<path>[^\s][^\n]*)", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex PathPattern();

    [GeneratedRegex("You are the (?:worker|planner|coordinator(?: of)?) \"(?<name>[^\"\n]*)\"", RegexOptions.NonBacktracking)]
    private static partial Regex NamePattern();

    [GeneratedRegex("You are the (?<role>worker|planner|coordinator)(?: of)? \"", RegexOptions.NonBacktracking)]
    private static partial Regex RolePattern();

    [GeneratedRegex("your (?:last|final) (?:message|answer)", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex LastMessagePattern();

    [GeneratedRegex(@"^(?:## The worktree\r?\n\r?\n[ \t]+(?<path>[^\s][^\n]*)|[a-z][a-z0-9-]*, at (?<path>[^\n]+), in the project at [^\n]+)", RegexOptions.Multiline, 1_000)]
    private static partial Regex WorktreePattern();

    [GeneratedRegex("Only files under (?<root>[^\n]+?)(?: that match: [^\n]*)?\r?$", RegexOptions.Multiline, 1_000)]
    private static partial Regex RootPattern();

    [GeneratedRegex(@"^- (?<path>[^\n]+) \((?<id>[^,()\n]+), sha256 [0-9a-f]{64}\)\r?$", RegexOptions.Multiline, 1_000)]
    private static partial Regex InputPattern();

    [GeneratedRegex(@"<<<(?<boundary>[0-9a-f]{32}) (?<label>[^\n]*)\n(?<content>.*?)\n\k<boundary>>>>", RegexOptions.Singleline, 5_000)]
    private static partial Regex MaterialPattern();

    [GeneratedRegex(@"[0-9][0-9,]* of [0-9][0-9,]* workers[^\n]*", RegexOptions.NonBacktracking)]
    private static partial Regex DenominatorPattern();
}
