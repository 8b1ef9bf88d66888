namespace Muster.Agents.Chat;

/// <summary>Why a response ended.</summary>
internal enum ChatStop
{
    /// <summary>The model has said what it wanted.</summary>
    End,

    /// <summary>It waits for the results of tools.</summary>
    ToolCalls,

    /// <summary>It reached the most tokens of one response.</summary>
    OutputLimit,

    /// <summary>Model and conversation together are longer than its window.</summary>
    WindowLimit,

    /// <summary>The model will not do it.</summary>
    Refusal,

    /// <summary>The provider's filter stopped it.</summary>
    Filtered,

    /// <summary>The provider wants to be asked to go on.</summary>
    Pause,
}
