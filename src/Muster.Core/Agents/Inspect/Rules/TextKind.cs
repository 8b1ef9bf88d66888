namespace Muster.Agents.Inspect.Rules;

/// <summary>What a place in a source text is.</summary>
internal enum TextKind : byte
{
    /// <summary>Program text.</summary>
    Code,

    /// <summary>Inside a string literal.</summary>
    String,

    /// <summary>Inside a comment or a docstring.</summary>
    Comment,
}
