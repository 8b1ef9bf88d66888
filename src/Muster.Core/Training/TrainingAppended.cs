using System.Collections.Immutable;
using Muster.Contracts;

namespace Muster.Training;

/// <summary>What became of the pairs of a file that an agent wrote.</summary>
/// <param name="Added">Pairs that were written, under ids of the project's own.</param>
/// <param name="Known">Pairs whose question and answer the project has already.</param>
/// <param name="Problems">Why the others were left out, with the agent's lines.</param>
public sealed record TrainingAppended(int Added, int Known, ImmutableArray<ContractProblem> Problems);
