namespace Muster.Agents.Inspect.Rules;

/// <summary>One place where a rule holds.</summary>
/// <param name="Line">0-based.</param>
/// <param name="Column">0-based, of the match.</param>
/// <param name="SecretColumn">0-based, of the secret in it; beyond any line when there is none.</param>
/// <param name="Secret">The secret itself, which is never told; null when there is none.</param>
internal readonly record struct RuleMatch(int Line, int Column, int SecretColumn, string? Secret);
