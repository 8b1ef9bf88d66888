using System.Collections.Immutable;
using Muster.Agents;
using Muster.Runs;

namespace Muster.Pipeline;

/// <summary>An attempt at a stage's step, as its stage sees it.</summary>
/// <param name="Key">The step's key.</param>
/// <param name="Attempt">1-based.</param>
/// <param name="Ask">What is asked.</param>
/// <param name="Home">Absolute path of the attempt's directory; what the agent proposes lies beneath it.</param>
/// <param name="Inputs">Published files that are fed to it.</param>
internal sealed record StageOrder(string Key, int Attempt, StepAsk Ask, string Home, ImmutableArray<AgentInput> Inputs)
{
    /// <summary>The module of a step that has one.</summary>
    public string Module => Ask.Module ?? throw new InvalidOperationException($"The step {Key} is for no module.");

    /// <summary>Absolute path of something that the agent may leave in its attempt's directory.</summary>
    public string Beside(string name) => Path.Combine(Home, name);
}
