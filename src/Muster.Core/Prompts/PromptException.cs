namespace Muster.Prompts;

/// <summary>A prompt template that does not fit its values.</summary>
public sealed class PromptException : MusterException
{
    private PromptException(string message, string nextStep, Exception? inner = null)
        : base(message, nextStep, inner)
    {
    }

    /// <summary>Whether the template is one that a person wrote and can mend, and not one that a run froze.</summary>
    public bool IsUsage { get; private init; }

    internal static PromptException Misfit(IEnumerable<string> problems) => new(
        string.Join('\n', problems),
        "Use just the placeholders that 'muster prompts show ROLE --built-in' has, double literal braces, and approve the file anew with 'muster trust'; without it the built-in prompt holds.")
    { IsUsage = true };

    internal static PromptException NoSuchRole(string role) => new(
        $"There is no prompt '{role}'.", $"Name one of: {string.Join(", ", PromptTemplate.Names)}.")
    { IsUsage = true };

    internal static PromptException Thawed(string path, string why, Exception? inner = null) => new(
        $"The prompt template {path}, which was frozen with the run, {why}.",
        "Put it back from a copy, or take the templates of now with 'muster resume --amend PLAN', which does again what they ask otherwise.", inner);
}
