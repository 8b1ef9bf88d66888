namespace Muster.Plans;

/// <summary>One item of a <c>foreach</c>.</summary>
/// <param name="Text">What <c>{item}</c> stands for.</param>
/// <param name="Fields">What <c>{item.NAME}</c> stands for; null when the item has no fields.</param>
/// <param name="Line">1-based line in its file.</param>
public sealed record PlanItem(string Text, IReadOnlyDictionary<string, string>? Fields, int Line);
