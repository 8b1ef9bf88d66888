using Muster.Artefacts;
using Muster.Git;

namespace Muster.Agents.Inspect.Checks;

/// <summary>Files that are long and change all the time: churn times size, where defects gather (Tornhill, Your Code as a Crime Scene, 2015).</summary>
public sealed class HotSpotsCheck : ICheck
{
    private const int LeastCommits = 50;
    private const int LeastChanges = 15;
    private const int LeastLines = 400;
    private const int Most = 5;
    private const string MostCommits = "5000";

    /// <inheritdoc/>
    public string Id => "hot-spots";

    /// <inheritdoc/>
    public IEnumerable<Finding> Run(CheckContext context, CancellationToken cancellationToken)
    {
        var log = context.Tree.IsGit
            ? GitCommand.Read(
                context.Tree.Root, ["log", "--no-renames", "--relative", "--name-only", "--since=1.year", "--format=%x01", "-n", MostCommits, "--", "."], cancellationToken)
            : null;
        if (log is null || log.Count(c => c == '\u0001') < LeastCommits)
        {
            yield break;
        }

        var changes = log.Split(['\n', '\u0001'], StringSplitOptions.RemoveEmptyEntries).CountBy(path => path, StringComparer.Ordinal).ToDictionary();
        var hot = context.Scope
            .Select(file => (File: file, Changes: changes.GetValueOrDefault(file.Path)))
            .Where(f => f.Changes >= LeastChanges && IsCode(f.File))
            .Select(f => (f.File, f.Changes, Lines: f.File.ReadLines().Length))
            .Where(f => f.Lines >= LeastLines)
            .OrderByDescending(f => (long)f.Changes * f.Lines)
            .Take(Most);
        foreach (var (file, count, lines) in hot)
        {
            yield return new(
                Severity.Minor, file.Path, null, null,
                $"a hot spot: {lines:N0} lines changed in {count:N0} commits of the last year; split it along what changes together and test it first", "hot-spots-churning-file");
        }
    }

    private static bool IsCode(SourceFile file) => file.Extension is ".cs" or ".py" or ".js" or ".jsx" or ".ts" or ".tsx" or ".go" or ".java" or ".kt" or ".rs"
        or ".c" or ".h" or ".cc" or ".cpp" or ".hpp" or ".php" or ".rb" or ".swift" or ".scala" or ".sh";
}
