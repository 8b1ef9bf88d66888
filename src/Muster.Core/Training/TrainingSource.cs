using System.Text.RegularExpressions;
using Muster.Artefacts;

namespace Muster.Training;

/// <summary>A file that a pair rests on: <c>path</c>, <c>path:line</c> or <c>path:line-line</c>, relative to the project.</summary>
internal static partial class TrainingSource
{
    public static string PathOf(string source) => LinesPattern().Replace(source, string.Empty);

    /// <summary>Why it cannot be a source, in words that follow "it"; null when it can.</summary>
    public static string? WhyNot(string root, string source)
    {
        var path = PathOf(source);
        if (path.Length == 0 || path.Any(char.IsControl))
        {
            return "names no file";
        }

        using var file = BeneathFile.TryOpen(root, path, mayBeHardLinked: true, out var refusal);
        return refusal;
    }

    [GeneratedRegex(@":[0-9]{1,9}(?:-[0-9]{1,9})?\z", RegexOptions.NonBacktracking)]
    private static partial Regex LinesPattern();
}
