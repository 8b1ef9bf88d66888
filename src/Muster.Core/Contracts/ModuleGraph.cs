namespace Muster.Contracts;

/// <summary>What modules depend on.</summary>
internal static class ModuleGraph
{
    /// <summary>Cycles, each as the path that leads back to its first name. Every cycle has a part in at least one of them.</summary>
    /// <param name="dependsOn">Names by name; a name that is no key is passed over.</param>
    public static IEnumerable<IReadOnlyList<string>> Cycles(IReadOnlyDictionary<string, IReadOnlyList<string>> dependsOn)
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        foreach (var root in dependsOn.Keys)
        {
            var (path, onPath, next) = (new List<string>(), new HashSet<string>(StringComparer.Ordinal), new Stack<int>());
            Enter(root);
            while (path.Count > 0)
            {
                var (name, index) = (path[^1], next.Pop());
                if (index == dependsOn[name].Count)
                {
                    path.RemoveAt(path.Count - 1);
                    onPath.Remove(name);
                    done.Add(name);
                    continue;
                }

                next.Push(index + 1);
                var at = dependsOn[name][index];
                if (onPath.Contains(at))
                {
                    yield return [.. path[path.IndexOf(at)..], at];
                }
                else
                {
                    Enter(at);
                }
            }

            void Enter(string name)
            {
                if (dependsOn.ContainsKey(name) && !done.Contains(name))
                {
                    path.Add(name);
                    onPath.Add(name);
                    next.Push(0);
                }
            }
        }
    }

    /// <summary>Names that stand in an order before something that they depend on, each with that.</summary>
    public static IEnumerable<(string Name, string Needed)> OutOfOrder(IReadOnlyList<string> order, IReadOnlyDictionary<string, IReadOnlyList<string>> dependsOn)
    {
        var places = order.Index().DistinctBy(x => x.Item).ToDictionary(x => x.Item, x => x.Index, StringComparer.Ordinal);
        return from name in places.Keys
               where dependsOn.ContainsKey(name)
               from needed in dependsOn[name]
               where places.GetValueOrDefault(needed, -1) > places[name]
               select (name, needed);
    }
}
