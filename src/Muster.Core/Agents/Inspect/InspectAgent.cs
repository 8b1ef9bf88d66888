using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Muster.Artefacts;
using Muster.Plans;
using Muster.Runs;

namespace Muster.Agents.Inspect;

/// <summary>The embedded default agent: carries out a task's checks over the files in its scope, with no key, network or cost.</summary>
/// <remarks>A worker and coordinator like any other: the engine believes only the file that it hands over.</remarks>
public sealed class InspectAgent : IAgent
{
    private const int MostFindings = 200;

    private readonly Dictionary<string, ICheck> checks;
    private readonly TimeProvider time;
    private readonly SourceTrees trees;

    /// <summary>An inspector with the checks that tasks may name.</summary>
    public InspectAgent(IEnumerable<ICheck> checks, TimeProvider time, SourceTrees? trees = null)
    {
        this.trees = trees ?? new();
        this.checks = checks.ToDictionary(check => check.Id, StringComparer.Ordinal);
        this.time = time;
    }

    /// <inheritdoc/>
    public string Name => "inspect";

    /// <inheritdoc/>
    public bool WorksInMemory => true;

    /// <inheritdoc/>
    public async IAsyncEnumerable<AgentReport> RunAsync(
        AgentTask task, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (task.Role is Role.Coordinator)
        {
            var synthesis = SynthesisWriter.Write(task);
            yield return new AgentReport.Finished(synthesis.Summary, null) { Output = synthesis.File };
            yield break;
        }

        var spec = task.Spec!;
        if (spec.Checks.FirstOrDefault(id => !checks.ContainsKey(id)) is { } unknown)
        {
            yield return new AgentReport.Finished("Failed. Unknown check.", new(FailureClass.Agent, $"there is no check '{unknown}'"));
            yield break;
        }

        var tree = await trees.ReadAsync(task.Root, cancellationToken);
        yield return new AgentReport.Progress("listed the tree");
        var context = new CheckContext(tree, InScope(tree, spec.Scope), time.GetUtcNow());
        var findings = new List<Finding>();
        foreach (var id in spec.Checks)
        {
            findings.AddRange(checks[id].Run(context, cancellationToken));
            yield return new AgentReport.Progress(id);
        }

        yield return new AgentReport.Finished(ReturnLine(findings, context), null)
        {
            Output = Report(spec, context, findings).Render(),
            ToolCalls = spec.Checks.Length,
        };
    }

    private static IReadOnlyList<SourceFile> InScope(SourceTree tree, ImmutableArray<string> scope)
    {
        if (scope.IsEmpty)
        {
            return tree.Files;
        }

        var globs = scope.Select(Glob.Parse).ToArray();
        return [.. tree.Files.Where(file => globs.Any(glob => glob.IsMatch(file.Path)))];
    }

    private static WorkerFile Report(TaskSpec spec, CheckContext context, List<Finding> findings)
    {
        // A name with a line end in it would be read as lines of this file; another check says that the name is so.
        var told = findings.Where(f => !f.Path.Any(char.IsControl)).ToList();
        var worst = told.OrderByDescending(f => f.Severity).ThenBy(f => f.Path, StringComparer.Ordinal).ThenBy(f => f.Line ?? 0).ToList();
        ImmutableArray<string> notes = worst.Count > MostFindings
            ? [$"{worst.Count - MostFindings:N0} more findings, none worse than {worst[MostFindings].Severity}, were left out of this file"]
            : [];
        notes = told.Count < findings.Count
            ? notes.Add($"{findings.Count - told.Count:N0} findings in files whose names have control characters cannot be told; rename those files")
            : notes;
        return new(spec.Name, [.. worst.Take(MostFindings)], notes, $"{context.Scope.Count:N0} files were in scope; checks: {string.Join(", ", spec.Checks)}.");
    }

    private static string ReturnLine(List<Finding> findings, CheckContext context) => findings.Count == 0
        ? $"Done. Found nothing in {context.Scope.Count:N0} files."
        : $"Done. {findings.Count:N0} findings in {context.Scope.Count:N0} files, the worst {findings.Max(f => f.Severity).ToString().ToLowerInvariant()}.";
}
