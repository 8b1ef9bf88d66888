using System.Collections.Immutable;
using Muster.Contracts;

namespace Muster.Training;

/// <summary>Training pairs that cannot be read or written.</summary>
public sealed class TrainingException : MusterException
{
    private TrainingException(string message, string nextStep)
        : base(message, nextStep)
    {
    }

    internal static TrainingException Damaged(string directory, ImmutableArray<ContractProblem> problems) => new(
        string.Join('\n', problems), $"Mend the files in {directory}, or take them back to an earlier commit; 'muster training check' shows what is wrong.");

    internal static TrainingException BadName(string name) => new(
        $"'{ContractProblems.Shown(name)}' cannot be the name of a file of pairs.", "Use a-z, 0-9, '.', '_' and '-', and end it with .jsonl.");

    internal static TrainingException NotWritten(string name, string why) => new($"The pairs cannot be written to {name}: {why}.", "Put a directory in its place, or use another file.");
}
