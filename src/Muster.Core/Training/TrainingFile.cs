using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Muster.Artefacts;
using Muster.Contracts;

namespace Muster.Training;

/// <summary>Reads a file of pairs, line by line.</summary>
internal static partial class TrainingFile
{
    public const long MostBytes = 64 << 20;

    /// <summary>Whether a name may be that of a file of pairs in a project.</summary>
    public static bool IsName(string name) => NamePattern().IsMatch(name);

    /// <summary>The pairs that have the form of one, with their lines; the rest is told.</summary>
    public static ImmutableArray<(int Line, TrainingPair Pair)> Read(string directory, string name, ContractProblems problems)
    {
        if (BeneathText.TryRead(directory, name, MostBytes, out var refusal) is not { } bytes)
        {
            problems.Error(name, 0, 0, $"The file cannot be read: it {refusal}.", "Write JSONL: one pair a line, in UTF-8.");
            return [];
        }

        var reader = new TrainingLine(name, problems);
        var pairs = ImmutableArray.CreateBuilder<(int, TrainingPair)>();
        var number = 0;
        for (var rest = bytes.AsSpan(); !rest.IsEmpty;)
        {
            number++;
            var end = rest.IndexOf((byte)'\n');
            var line = (end < 0 ? rest : rest[..end]).Trim(" \t\r"u8);
            rest = end < 0 ? [] : rest[(end + 1)..];
            if (!line.IsEmpty && reader.Read(line, number) is { } pair)
            {
                pairs.Add((number, pair));
            }
        }

        return pairs.DrainToImmutable();
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{0,63}\.jsonl\z", RegexOptions.NonBacktracking)]
    private static partial Regex NamePattern();
}
