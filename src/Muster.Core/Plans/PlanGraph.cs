using System.Collections.Immutable;

namespace Muster.Plans;

/// <summary>Checks what tasks come after: every id exists, none is its own, no cycle.</summary>
internal static class PlanGraph
{
    private const int MostAfter = 8;

    /// <summary>Adds what is wrong to <paramref name="problems"/>.</summary>
    /// <param name="after">The tasks that come after others, with the ids that they name.</param>
    /// <param name="exists">Whether a task has this id.</param>
    /// <param name="problems">Where errors go.</param>
    public static void Check(
        IReadOnlyDictionary<string, (IReadOnlyList<string> Ids, PlanText At)> after, Func<string, bool> exists, ProblemList problems)
    {
        foreach (var (id, (ids, at)) in after)
        {
            if (ids.Count > MostAfter)
            {
                problems.Error(at, $"Task '{id}' comes after {ids.Count} tasks; no context takes more than {MostAfter} files.", "Put a task between that joins some of them.");
            }

            foreach (var before in ids)
            {
                if (before == id)
                {
                    problems.Error(at, $"Task '{id}' comes after itself.", "Take its own id out of 'after'.");
                }
                else if (Glob.IsPattern(before))
                {
                    problems.Error(at, $"Task '{id}' comes after the pattern '{before}'.", "Name each task by its id: what is fed to a task is an explicit list.");
                }
                else if (!exists(before))
                {
                    problems.Error(at, $"Task '{id}' comes after '{before}', and there is no such task.", "Name the id of a task of this plan.");
                }
            }
        }

        foreach (var cycle in Cycles(after))
        {
            problems.Error(after[cycle[0]].At, $"These tasks wait for one another: {string.Join(" → ", cycle)} → {cycle[0]}.", "Take one 'after' of them away.");
        }
    }

    /// <summary>How many tasks the longest chain of waiting has; 1 where none waits. There must be no cycle.</summary>
    public static int LongestChain(IReadOnlyDictionary<string, ImmutableArray<string>> after)
    {
        var longest = 1;
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var root in after.Keys)
        {
            var open = new Stack<string>([root]);
            while (open.TryPeek(out var id))
            {
                var waiting = after.GetValueOrDefault(id, []).Where(before => !known.ContainsKey(before)).ToList();
                if (waiting.Count == 0)
                {
                    known[id] = after.GetValueOrDefault(id, []).Select(before => known[before]).DefaultIfEmpty(0).Max() + 1;
                    longest = Math.Max(longest, known[id]);
                    open.Pop();
                }

                waiting.ForEach(open.Push);
            }
        }

        return longest;
    }

    private static IEnumerable<List<string>> Cycles(IReadOnlyDictionary<string, (IReadOnlyList<string> Ids, PlanText At)> after)
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        foreach (var root in after.Keys)
        {
            var path = new List<string>();
            var onPath = new HashSet<string>(StringComparer.Ordinal);
            var open = new Stack<(string Id, int Next)>();
            open.Push((root, 0));
            while (open.TryPop(out var at))
            {
                if (at.Next == 0 && (done.Contains(at.Id) || !after.ContainsKey(at.Id)))
                {
                    continue;
                }

                if (at.Next == 0)
                {
                    path.Add(at.Id);
                    onPath.Add(at.Id);
                }

                var ids = after[at.Id].Ids;
                if (at.Next == ids.Count)
                {
                    path.RemoveAt(path.Count - 1);
                    onPath.Remove(at.Id);
                    done.Add(at.Id);
                    continue;
                }

                open.Push((at.Id, at.Next + 1));
                if (onPath.Contains(ids[at.Next]) && ids[at.Next] != at.Id)
                {
                    yield return path[path.IndexOf(ids[at.Next])..];
                }
                else if (!onPath.Contains(ids[at.Next]))
                {
                    open.Push((ids[at.Next], 0));
                }
            }
        }
    }
}
