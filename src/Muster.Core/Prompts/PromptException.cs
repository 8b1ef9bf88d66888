namespace Muster.Prompts;

/// <summary>A prompt template that does not fit its values.</summary>
public sealed class PromptException : MusterException
{
    private PromptException(string message, string nextStep)
        : base(message, nextStep)
    {
    }

    internal static PromptException Unknown(string template, string name) => new(
        $"The prompt template '{template}' has the placeholder '{{{name}}}', which has no value.",
        "Use one of the placeholders that docs/formats-prompts.md lists, or write literal braces doubled.");

    internal static PromptException Unused(string template, string name) => new(
        $"The prompt template '{template}' lacks the placeholder '{{{name}}}'.",
        "Put it where the agent should read that value.");
}
