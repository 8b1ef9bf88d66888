namespace Muster.Agents.Inspect.Rules;

/// <summary>What a match must stand in for its rule to hold.</summary>
public enum RuleSurroundings : byte
{
    /// <summary>Anything.</summary>
    Anywhere,

    /// <summary>The body of a loop, in the same function.</summary>
    Loop,

    /// <summary>The body of a function that is marked async.</summary>
    AsyncFunction,
}
