using System.Collections.Immutable;
using System.Text.Json;

namespace Muster.Contracts;

/// <summary>What is to be built, as far as code decides by it: modules.json, and which contracts it was checked together with.</summary>
/// <param name="Project">The project's name.</param>
/// <param name="Modules">In the order of modules.json; at least one.</param>
/// <param name="BuildOrder">Names of all modules, each once and after those that it depends on.</param>
/// <param name="AssemblyOrder">The same for merging.</param>
/// <param name="IntegrationTestCommand">A program and its arguments, run after each merge; empty where the contracts name none. Never given to a shell.</param>
/// <param name="ContractsHash">SHA-256 over every contract's path and hash; it changes when any contract does. Lower-case hexadecimal.</param>
/// <param name="Contracts">Every contract with its version and hash, by path.</param>
/// <remarks>It travels in the journal as <see cref="ToJson"/>: descriptions and paths are bounded, texts of contracts are not in it.</remarks>
public sealed record Blueprint(
    string Project,
    ImmutableArray<Module> Modules,
    ImmutableArray<string> BuildOrder,
    ImmutableArray<string> AssemblyOrder,
    ImmutableArray<string> IntegrationTestCommand,
    string ContractsHash,
    ImmutableArray<ContractStamp> Contracts)
{
    /// <summary>What locks bind each module's builder to, by its name: a hash; a module without any is not in it.</summary>
    public ImmutableSortedDictionary<string, string> Assertions { get; init => field = value ?? ImmutableSortedDictionary<string, string>.Empty; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The module of a name; null where there is none.</summary>
    public Module? Find(string name) => Modules.FirstOrDefault(m => m.Name == name);

    /// <summary>Names of the modules that need a module, directly or through others, in build order; not itself.</summary>
    public ImmutableArray<string> DependantsOf(string name)
    {
        var dependants = new HashSet<string>([name], StringComparer.Ordinal);
        foreach (var at in BuildOrder.Select(n => Find(n)!).Where(m => m.DependsOn.Any(dependants.Contains)))
        {
            dependants.Add(at.Name);
        }

        return [.. BuildOrder.Where(n => n != name && dependants.Contains(n))];
    }

    /// <summary>The contracts that a module's builder works against: architecture, shared types, its own interface, those of its direct dependencies, and decisions that name it.</summary>
    public ImmutableArray<ContractStamp> ContractsFor(string name)
    {
        var module = Find(name) ?? throw new ArgumentException($"There is no module '{name}'.", nameof(name));
        var interfaces = module.DependsOn.Select(d => Find(d)!.Interface).Append(module.Interface).ToHashSet(StringComparer.Ordinal);
        return [.. Contracts.Where(c => c.Path is ContractSet.Architecture or ContractSet.SharedTypes || interfaces.Contains(c.Path) || c.Concerns(name))];
    }

    /// <summary>Hash of what locks bind a module's builder to; none where nothing does.</summary>
    public ImmutableArray<string> AssertionsFor(string name) => Assertions.TryGetValue(name, out var assertions) ? [assertions] : [];

    /// <summary>One line of JSON that <see cref="FromJson"/> reads.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, BlueprintShape.Default.Blueprint);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static Blueprint FromJson(string json) =>
        JsonSerializer.Deserialize(json, BlueprintShape.Default.Blueprint) ?? throw new JsonException("There is no blueprint.");
}
