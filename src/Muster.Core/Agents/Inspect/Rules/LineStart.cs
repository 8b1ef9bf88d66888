namespace Muster.Agents.Inspect.Rules;

/// <summary>What goes on from the lines above where a line begins.</summary>
internal enum LineStart : byte
{
    /// <summary>Nothing.</summary>
    Code,

    /// <summary>A block comment.</summary>
    BlockComment,

    /// <summary>A docstring of three double quotes: documentation.</summary>
    DoubleDocstring,

    /// <summary>A docstring of three single quotes.</summary>
    SingleDocstring,

    /// <summary>A string of three double quotes.</summary>
    DoubleTriple,

    /// <summary>A string of three single quotes.</summary>
    SingleTriple,

    /// <summary>A string of backquotes.</summary>
    Template,
}
