using System.Collections.Immutable;
using System.Text;
using Muster.Agents.Inspect;
using Muster.Artefacts;
using Muster.Plans;
using Muster.Runs;

namespace Muster.Planning;

/// <summary>What a planner proposed, read and reviewed.</summary>
/// <param name="File">The published file that it stands in.</param>
/// <param name="Plan">The plan; null where it is refused.</param>
/// <param name="Problems">All that was noticed; lines are those of the file's block.</param>
/// <param name="NeedsTree">Whether the tree must be looked at again to mend it.</param>
public sealed record Proposal(string File, Plan? Plan, ImmutableArray<PlanProblem> Problems, bool NeedsTree)
{
    private const string Name = "proposal";

    /// <summary>Reads the last verified proposal of a planning run, against its seal.</summary>
    /// <param name="run">The run.</param>
    /// <param name="directory">Where it lives.</param>
    /// <param name="surroundings">What the plan is checked against; the agent, and the tree as its root.</param>
    /// <param name="cancellationToken">Ends the listing of the tree.</param>
    /// <exception cref="SealException">The file is not what was sealed.</exception>
    public static Task<Proposal> ReadAsync(RunState run, RunDirectory directory, PlanSurroundings surroundings, CancellationToken cancellationToken)
    {
        var last = run.Table.WorkerCount - 1;
        var id = run.Table[last].Id;
        var path = directory.Published(Role.Worker, id);
        var text = SealedFile.Read(path, new(id, run[last].VerifiedAttempt, run[last].Length, run[last].Sha256.ToString()));
        return ReviewAsync(text, path, surroundings, cancellationToken);
    }

    /// <summary>Reviews the text of a planner's file.</summary>
    internal static async Task<Proposal> ReviewAsync(string text, string path, PlanSurroundings surroundings, CancellationToken cancellationToken)
    {
        var root = surroundings.Root!;
        var problems = new ProblemList(Name);
        if (Block(text, problems) is not { } yaml)
        {
            return new(path, null, problems.ToSorted(), NeedsTree: false);
        }

        ProposalReview.CheckKeys(yaml, problems);
        if (problems.HasErrors)
        {
            return new(path, null, problems.ToSorted(), NeedsTree: false);
        }

        var read = await PlanFile.ParseAsync(yaml, Name, root, surroundings, cancellationToken);
        var needsTree = false;
        if (read.Plan is { } plan)
        {
            needsTree = ProposalReview.Check(plan, (await SourceTreeReader.ReadAsync(root, cancellationToken)).Files, problems);
        }

        ImmutableArray<PlanProblem> all = [.. problems.ToSorted(), .. read.Problems];
        return new(path, problems.HasErrors ? null : read.Plan, all, needsTree);
    }

    /// <summary>The one block of YAML in the file; null, and told, where there is none or more.</summary>
    private static string? Block(string text, ProblemList problems)
    {
        var blocks = new List<string>();
        var fence = default(CodeFence);
        StringBuilder? open = null;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var wasOpen = fence.IsOpen;
            fence.Take(line);
            if (!wasOpen && fence.IsOpen)
            {
                open = line.Trim().TrimStart("`~").Trim() is var word && (word.IsEmpty || word.StartsWith("y", StringComparison.OrdinalIgnoreCase)) ? new() : null;
            }
            else if (wasOpen && fence.IsOpen)
            {
                open?.Append(line).Append('\n');
            }
            else if (wasOpen && open is not null)
            {
                blocks.Add(open.ToString());
            }
        }

        if (blocks.Count != 1)
        {
            problems.Error(0, 0, blocks.Count == 0 ? "The file has no block of YAML." : $"The file has {blocks.Count} blocks of YAML.", "Write the whole plan once, between a line '```yaml' and a line '```'.");
        }

        return blocks is [var only] ? only : null;
    }
}
