using Microsoft.Extensions.AI;

namespace Muster.Agents.Chat.Tools;

/// <summary>A tool that a chat agent offers to its model. What it cannot do it tells the model by a <see cref="ToolException"/>.</summary>
internal interface IChatTool
{
    /// <summary>What the model is told of it; the same bytes for every task, since prompts are cached by their beginning.</summary>
    AIFunctionDeclaration Declaration { get; }

    /// <summary>Whether it changes nothing, so that several calls may run side by side.</summary>
    bool OnlyReads { get; }

    /// <summary>Carries a call out.</summary>
    /// <exception cref="ToolException">It cannot; the model reads why.</exception>
    Task<string> RunAsync(ToolArguments arguments, CancellationToken cancellationToken);
}
