using Muster.Artefacts;
using Muster.Plans;

namespace Muster.Agents.Inspect.Checks;

/// <summary>Blocks of code that stand in two places, line for line once white space is left out.</summary>
/// <remarks>
/// Every window of significant lines is hashed by a rolling polynomial (Karp and Rabin 1987) and looked up; a match is compared and
/// extended. Time and memory grow with the number of lines.
/// </remarks>
public sealed class DuplicatesCheck : ICheck
{
    private const int Window = 25;
    private const int MostLines = 2_000_000;
    private const int MostFindings = 30;
    private const ulong Factor = 1_099_511_628_211;

    private static readonly Glob[] LeftOut = [.. new[] { "**/{test,tests,spec,specs,__tests__,testdata,fixtures,examples,samples,migrations}/**", "*{Tests,Test,_test,.test,.spec}.*" }.Select(Glob.Parse)];

    /// <inheritdoc/>
    public string Id => "duplicates";

    /// <inheritdoc/>
    public IEnumerable<Finding> Run(CheckContext context, CancellationToken cancellationToken)
    {
        var budget = MostLines;
        var told = 0;
        foreach (var language in context.Scope.Where(IsCode).GroupBy(file => file.Extension, StringComparer.Ordinal))
        {
            var seen = new Dictionary<ulong, (int File, int At)>();
            var files = new List<(SourceFile File, string[] Text, int[] Number)>();
            foreach (var file in language)
            {
                cancellationToken.ThrowIfCancellationRequested();
                files.Add(Significant(file));
                budget -= files[^1].Text.Length;
                if (budget < 0)
                {
                    yield break;
                }

                foreach (var finding in Look(files, seen))
                {
                    yield return finding;
                    if (++told >= MostFindings)
                    {
                        yield break;
                    }
                }
            }
        }
    }

    private static List<Finding> Look(List<(SourceFile File, string[] Text, int[] Number)> files, Dictionary<ulong, (int File, int At)> seen)
    {
        var found = new List<Finding>();
        var (file, text, number) = files[^1];
        var windows = Hashes(text);
        var at = 0;
        while (at < windows.Length)
        {
            if (seen.TryGetValue(windows[at], out var other) && (other.File != files.Count - 1 || other.At + Window <= at)
                && Length(files[other.File].Text, other.At, text, at) is >= Window and var length)
            {
                var first = files[other.File];
                found.Add(new(
                    Severity.Minor, file.Path, number[at], number[at + length - 1],
                    $"{length} lines also stand in {CheckFinding.Shown(first.File.Path)}:{first.Number[other.At]}; give them one home", "duplicates-block"));
                at += length;
                continue;
            }

            seen.TryAdd(windows[at], (files.Count - 1, at));
            at++;
        }

        return found;
    }

    private static int Length(string[] one, int from, string[] other, int at)
    {
        var length = 0;
        while (from + length < one.Length && at + length < other.Length && one[from + length] == other[at + length] && (one != other || from + length < at))
        {
            length++;
        }

        return length;
    }

    private static ulong[] Hashes(string[] text)
    {
        if (text.Length < Window)
        {
            return [];
        }

        var hashes = new ulong[text.Length - Window + 1];
        var (hash, oldest) = (0UL, 1UL);
        for (var i = 0; i < text.Length; i++)
        {
            hash = unchecked((hash * Factor) + HashOf(text[i]));
            if (i < Window)
            {
                oldest = unchecked(oldest * Factor);
            }
            else
            {
                hash = unchecked(hash - (oldest * HashOf(text[i - Window])));
            }

            if (i >= Window - 1)
            {
                hashes[i - Window + 1] = hash;
            }
        }

        return hashes;
    }

    /// <summary>FNV-1a, which is the same in every process.</summary>
    private static ulong HashOf(string line)
    {
        var hash = 14_695_981_039_346_656_037UL;
        foreach (var c in line)
        {
            hash = unchecked((hash ^ c) * Factor);
        }

        return hash;
    }

    /// <summary>The lines that say something: no blank ones, lone brackets, imports or comments.</summary>
    private static (SourceFile File, string[] Text, int[] Number) Significant(SourceFile file)
    {
        var kept = file.ReadLines().Select((line, i) => (Text: line.Trim(), Number: i + 1)).Where(l => Says(l.Text)).ToList();
        return (file, [.. kept.Select(l => l.Text)], [.. kept.Select(l => l.Number)]);
    }

    private static bool Says(string line) => line.Length > 2 && line[0] is not ('/' or '*' or '#')
        && !line.StartsWith("using ", StringComparison.Ordinal) && !line.StartsWith("import ", StringComparison.Ordinal)
        && !line.StartsWith("from ", StringComparison.Ordinal) && !line.StartsWith("package ", StringComparison.Ordinal);

    private static bool IsCode(SourceFile file) => file.Extension is ".cs" or ".py" or ".js" or ".jsx" or ".ts" or ".tsx" or ".go" or ".java" or ".kt" or ".rs"
        or ".c" or ".cc" or ".cpp" or ".php" or ".rb" or ".swift" or ".scala" && !LeftOut.Any(glob => glob.IsMatch(file.Path));
}
