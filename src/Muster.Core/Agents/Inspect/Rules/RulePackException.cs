namespace Muster.Agents.Inspect.Rules;

/// <summary>A pack of rules that cannot be used.</summary>
public sealed class RulePackException : MusterException
{
    private RulePackException(string message, string nextStep, Exception? inner = null)
        : base(message, nextStep, inner)
    {
    }

    internal static RulePackException Bad(string pack, long line, string why, Exception? inner = null) => new(
        $"The rule pack '{pack}' cannot be used: line {line}: {why}.",
        "Correct that line; the packs beside it show every key in use.",
        inner);

    internal static RulePackException Unknown(string pack, IEnumerable<string> known) => new(
        $"There is no rule pack named '{pack}'.",
        $"Use one of: {string.Join(", ", known)}.");
}
