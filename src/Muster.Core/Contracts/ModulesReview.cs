using System.Collections.Immutable;

namespace Muster.Contracts;

/// <summary>Checks modules against one another: dependencies, orders, whose path is whose.</summary>
internal sealed class ModulesReview(JsonFields json, ModulesFile file)
{
    private readonly Dictionary<string, IReadOnlyList<string>> dependsOn =
        file.Modules.ToDictionary(m => m.Module.Name, m => (IReadOnlyList<string>)m.Module.DependsOn, StringComparer.Ordinal);

    /// <summary>Adds what is wrong.</summary>
    /// <param name="fields">The values of modules.json by key.</param>
    public void Check(Dictionary<string, JsonPart> fields)
    {
        foreach (var module in file.Modules)
        {
            Dependencies(module);
        }

        var places = file.Modules.ToDictionary(m => m.Module.Name, m => m, StringComparer.Ordinal);
        var hasCycle = false;
        foreach (var cycle in ModuleGraph.Cycles(dependsOn).Where(c => c.Count > 2)) // What needs itself was told with its dependencies.
        {
            hasCycle = true;
            json.Error(places[cycle[0]].Name, $"These modules depend on one another: {string.Join(" → ", cycle)}.", "Take one 'depends_on' of them away, or move what they share into a module of its own.");
        }

        Order(fields, "build_order", file.BuildOrder, hasCycle);
        Order(fields, "assembly_order", file.AssemblyOrder, hasCycle);
        Paths();
    }

    private void Dependencies(PlacedModule module)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, at) in module.Module.DependsOn.Zip(module.DependsOn))
        {
            if (name == module.Module.Name)
            {
                json.Error(at, $"Module '{name}' depends on itself.", "Take its own name out of 'depends_on'.");
            }
            else if (!dependsOn.ContainsKey(name))
            {
                json.Error(at, $"Module '{module.Module.Name}' depends on '{ContractProblems.Shown(name)}', and there is no such module.", "Name a module of this file.");
            }
            else if (!seen.Add(name))
            {
                json.Error(at, $"Module '{module.Module.Name}' names '{name}' twice in 'depends_on'.", "Name it once.");
            }
        }
    }

    private void Order(Dictionary<string, JsonPart> fields, string key, ImmutableArray<string> order, bool hasCycle)
    {
        if (!fields.TryGetValue(key, out var at) || at is not JsonPart.List)
        {
            return;
        }

        foreach (var unknown in order.Where(name => !dependsOn.ContainsKey(name)).Distinct())
        {
            json.Error(at, $"'{key}' names '{ContractProblems.Shown(unknown)}', and there is no such module.", "Name modules of this file.");
        }

        foreach (var twice in order.CountBy(name => name).Where(n => n.Value > 1))
        {
            json.Error(at, $"'{key}' names '{ContractProblems.Shown(twice.Key)}' {twice.Value:N0} times.", "Name each module once.");
        }

        var missing = dependsOn.Keys.Except(order).ToList();
        if (missing.Count > 0)
        {
            json.Error(at, $"'{key}' leaves out: {string.Join(", ", missing.Take(10))}{(missing.Count > 10 ? $" and {missing.Count - 10:N0} more" : string.Empty)}.", "Name every module once.");
        }

        foreach (var (name, needed) in hasCycle ? [] : ModuleGraph.OutOfOrder(order, dependsOn))
        {
            json.Error(at, $"'{key}' has '{name}' before '{needed}', which it depends on.", $"Put '{needed}' first.");
        }
    }

    private void Paths()
    {
        var all = file.Modules.SelectMany(m => m.Module.Paths.Zip(m.Paths, (path, at) => (Path: path, At: at, m.Module.Name))).Where(p => ModulePath.WhyNot(p.Path) is null);
        foreach (var (covers, covered) in ModulePath.Overlaps(all, p => p.Path, p => p.Name))
        {
            json.Error(
                covered.At,
                $"The path '{covered.Path}' of module '{covered.Name}' lies in '{covers.Path}' of module '{covers.Name}' (line {covers.At.Line}).",
                "Give each file to one module; on many systems names that differ only in case are the same.");
        }
    }
}
