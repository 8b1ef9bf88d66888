using System.Text;
using Muster.Agents.Inspect;

namespace Muster.Plans;

/// <summary>Reads a plan's file and everything it names, and tells all that is wrong at once.</summary>
public static class PlanFile
{
    private const long MaxBytes = 16 << 20;

    /// <summary>Reads a plan from a file.</summary>
    /// <param name="path">As the user gave it; relative paths in the plan start where it lies.</param>
    /// <param name="surroundings">What it is checked against.</param>
    /// <param name="cancellationToken">Ends the listing of trees.</param>
    public static async Task<PlanResult> LoadAsync(string path, PlanSurroundings surroundings, CancellationToken cancellationToken)
    {
        var problems = new ProblemList(path);
        try
        {
            if (UserFile.WhyNot(path) is { } why)
            {
                problems.Error(0, 0, $"The plan cannot be read: it {why}.", "Name a YAML file; 'muster plan --catalog' shows plans to start from.");
                return new(null, problems.ToSorted());
            }

            if (new FileInfo(path) is { Length: > MaxBytes } file)
            {
                problems.Error(0, 0, $"The plan has {file.Length:N0} bytes; at most {MaxBytes:N0} are read.", "Put the items into a file of their own and use 'foreach'.");
                return new(null, problems.ToSorted());
            }

            var bytes = await File.ReadAllBytesAsync(path, cancellationToken);
            if (Utf8Fault.Find(new MemoryStream(bytes)) is { } fault)
            {
                problems.Error(fault.Line, fault.Column, "The plan is not UTF-8 from here on.", "Save it as UTF-8 text.");
                return new(null, problems.ToSorted());
            }

            return await ParseAsync(
                Encoding.UTF8.GetString(bytes), path, Path.GetDirectoryName(Path.GetFullPath(path))!, surroundings, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Error(0, 0, $"The plan cannot be read: {e.Message}", "Name a YAML file that you may read.");
            return new(null, problems.ToSorted());
        }
    }

    /// <summary>Reads a plan's text.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="fileName">What problems name.</param>
    /// <param name="baseDirectory">Absolute; where relative paths start.</param>
    /// <param name="surroundings">What it is checked against.</param>
    /// <param name="cancellationToken">Ends the listing of trees.</param>
    public static async Task<PlanResult> ParseAsync(
        string text, string fileName, string baseDirectory, PlanSurroundings surroundings, CancellationToken cancellationToken)
    {
        var problems = new ProblemList(fileName);
        if (PlanTree.Read(text, problems) is not { } tree)
        {
            return new(null, problems.ToSorted());
        }

        var plan = new PlanReader(problems, baseDirectory, surroundings).Read(tree, fileName, text);
        if (plan is not null)
        {
            plan = await WithPathsAsync(plan, problems, cancellationToken);
            plan = plan with { Models = PlanModels.Of(plan, surroundings.Models) };
            PlanReview.Check(plan, surroundings, problems);
        }

        return new(problems.HasErrors ? null : plan, problems.ToSorted());
    }

    /// <summary>Patterns are expanded once, here: what the run does is frozen with its tasks.</summary>
    private static async Task<Plan> WithPathsAsync(Plan plan, ProblemList problems, CancellationToken cancellationToken)
    {
        if (problems.HasErrors || !plan.Domains.Any(d => d.Tasks.Any(t => t.Items is ItemSource.Paths)))
        {
            return plan;
        }

        var files = (await SourceTreeReader.ReadAsync(plan.Root, cancellationToken)).Files;
        PlanTask Expanded(PlanTask task) => task.Items is ItemSource.Paths { Pattern: var pattern } && Glob.Parse(pattern) is var glob
            ? task with { Items = new ItemSource.Paths(pattern, [.. files.Where(f => glob.IsMatch(f.Path)).Select(f => f.Path)]) }
            : task;
        return plan with { Domains = [.. plan.Domains.Select(d => d with { Tasks = [.. d.Tasks.Select(Expanded)] })] };
    }
}
