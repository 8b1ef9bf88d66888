using System.Text.RegularExpressions;

namespace Muster.Contracts;

/// <summary>What may be the name of a module: it becomes part of a branch's name, a directory's and a command's arguments.</summary>
public static partial class ModuleName
{
    /// <summary>The rule, in words for people.</summary>
    public const string Rule = "Use 1 to 64 characters of a-z, 0-9 and '-', beginning with a letter or digit.";

    /// <summary>Names of stages and of those who hold rights, which no module may take.</summary>
    private static readonly HashSet<string> Reserved = new(
        [
            "architect", "bootstrap", "scaffold", "assemble", "assembler", "integration", "harden", "ship", "curate", "curator", "master", "human",
            "con", "prn", "aux", "nul", .. Enumerable.Range(0, 10).SelectMany(n => new[] { $"com{n}", $"lpt{n}" }),
        ],
        StringComparer.Ordinal);

    /// <summary>Why a text cannot be a module's name, in words that follow "it"; null when it can.</summary>
    public static string? WhyNot(string text) =>
        text.Length == 0 ? "is empty"
        : text[0] == '-' ? "begins with '-', as options do"
        : !Pattern().IsMatch(text) ? "is not of that form"
        : Reserved.Contains(text) ? "is a name that is kept for a stage, a role or a device"
        : null;

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{0,63}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Pattern();
}
