namespace Muster.Runs;

/// <summary>A prompt template as a run froze it when it was planned.</summary>
/// <param name="Role">Whose prompts are made from it, in lower case.</param>
/// <param name="Template">The template's name; a run that plans gives its worker the template <c>planner</c>.</param>
/// <param name="Sha256">Hash of its text, lower-case hexadecimal.</param>
public sealed record RunPrompt(string Role, string Template, string Sha256);
