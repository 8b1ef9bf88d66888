using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Muster.Artefacts;

namespace Muster.Contracts;

/// <summary>Reads a directory of contracts file by file, then each against the others.</summary>
internal sealed class ContractReader(string directory)
{
    private const int MostFiles = 4_000;
    private const long MostJsonBytes = 1 << 20, MostTextBytes = 256 << 10, MostBytes = 32 << 20;

    private readonly ContractProblems problems = new();
    private readonly SortedDictionary<string, Contract> contracts = new(StringComparer.Ordinal);
    private long bytesRead;
    private bool hasLocks;

    public ContractSet Read()
    {
        ReadFiles();
        foreach (var missing in (string[])[ContractSet.Architecture, ContractSet.Modules])
        {
            if (Directory.Exists(directory) && !contracts.ContainsKey(missing) && !File.Exists(Path.Combine(directory, missing)))
            {
                problems.Error(missing, 0, 0, "The file is missing.", "Write it.");
            }
        }

        var modules = contracts.TryGetValue(ContractSet.Modules, out var file) ? new ModulesReader(problems).Read(file) : null;
        var names = modules?.Modules.Select(m => m.Module.Name).ToHashSet(StringComparer.Ordinal);
        Interfaces(modules, names);
        var decisions = Decisions(names);
        var links = new ContractLinks(problems, contracts.ContainsKey);
        foreach (var contract in contracts.Values.Where(c => c.Path.EndsWith(".md", StringComparison.Ordinal)))
        {
            links.Check(contract);
        }

        var locks = contracts.TryGetValue(ContractSet.LocksFile, out var locksFile)
            ? new LockReader(problems).Read(locksFile, names is null ? null : names.Contains, contracts.ContainsKey)
            : hasLocks ? null : LockBook.Empty;
        foreach (var decision in decisions.Where(d => !d.Affects.IsEmpty))
        {
            contracts[decision.Path] = contracts[decision.Path] with { Stamp = contracts[decision.Path].Stamp with { Affects = string.Join(',', decision.Affects) } };
        }

        var stamps = contracts.Values.Select(c => c.Stamp).ToImmutableArray();
        var blueprint = modules is null || problems.Any ? null
            : new Blueprint(
                modules.Project, [.. modules.Modules.Select(m => m.Module)], modules.BuildOrder, modules.AssemblyOrder, modules.IntegrationTestCommand, ContractSet.HashOf(stamps), stamps)
            {
                Assertions = AssertionsOf(locks!, names!),
            };
        return new(problems.ToSorted(), blueprint, [.. contracts.Values], decisions, locks);
    }

    private static ImmutableSortedDictionary<string, string> AssertionsOf(LockBook locks, IEnumerable<string> names) =>
        names.Select(name => (Name: name, Binding: locks.AssertionsFor(name))).Where(m => m.Binding.Count > 0).ToImmutableSortedDictionary(
            m => m.Name,
            m => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', m.Binding.Select(l => $"{l.Id}\0{l.Assertion}"))))),
            StringComparer.Ordinal);

    private void ReadFiles()
    {
        if (!Directory.Exists(directory) || new DirectoryInfo(directory).LinkTarget is not null)
        {
            problems.Error(".", 0, 0, $"There is no directory {directory}{(Directory.Exists(directory) ? ", only a link" : string.Empty)}.", "Name the directory of the contracts.");
            return;
        }

        var files = 0;
        foreach (var (part, isKnown) in ((string, Func<string, bool>)[])[
            (string.Empty, name => name is ContractSet.Architecture or ContractSet.Modules or ContractSet.LocksFile),
            ("interfaces", name => name == "shared-types.md" || name.EndsWith(".interface.md", StringComparison.Ordinal)),
            ("decisions", name => DecisionReader.NameOf(name) is not null)])
        {
            var at = new DirectoryInfo(Path.Combine(directory, part));
            if (at.LinkTarget is not null)
            {
                problems.Error(part, 0, 0, "This is a link.", "Put a directory in its place.");
                continue;
            }

            foreach (var entry in at.Exists ? at.EnumerateFileSystemInfos().OrderBy(e => e.Name, StringComparer.Ordinal) : Enumerable.Empty<FileSystemInfo>())
            {
                var path = part.Length == 0 ? entry.Name : $"{part}/{entry.Name}";
                if (part.Length == 0 && entry.Name is "interfaces" or "decisions" && entry.Attributes.HasFlag(FileAttributes.Directory))
                {
                    continue;
                }

                if (++files > MostFiles)
                {
                    problems.Error(".", 0, 0, $"There are more than {MostFiles:N0} files.", "Keep in the contracts what belongs to them.");
                    return;
                }

                hasLocks |= path == ContractSet.LocksFile; // Also where it cannot be read: damaged locks are not the same as none.
                if (!isKnown(entry.Name))
                {
                    Unknown(part, entry.Name, path);
                }
                else if (ReadFile(path) is { } contract)
                {
                    contracts.Add(path, contract);
                }
            }
        }
    }

    private void Unknown(string part, string name, string path) => problems.Error(
        ContractProblems.Shown(path), 0, 0, "Nothing of this name belongs here.", (part, name) switch
        {
            (_, "shared-types.md") => "Put it at interfaces/shared-types.md.",
            ("decisions", _) => "Name a decision NNN-topic.md: three digits from 001, then a topic of a-z, 0-9 and '-'.",
            ("interfaces", _) => "Name an interface NAME.interface.md after its module.",
            _ => "The contracts are architecture.md, modules.json, locks.json, interfaces/ and decisions/.",
        });

    private Contract? ReadFile(string path)
    {
        var most = path.EndsWith(".json", StringComparison.Ordinal) ? MostJsonBytes : MostTextBytes;
        if (BeneathText.TryRead(directory, path, most, out var refusal) is not { } content)
        {
            problems.Error(path, 0, 0, $"It cannot be read: it {refusal}.", "Put a file of its own in its place, short enough for a builder to carry in its context.");
            return null;
        }

        if ((bytesRead += content.Length) > MostBytes)
        {
            problems.Error(path, 0, 0, $"The contracts have more than {MostBytes:N0} bytes up to here.", "Write them shorter.");
            return null;
        }

        var contract = new Contract(new(path, 1, Convert.ToHexStringLower(SHA256.HashData(content))), content);
        var text = contract.Text;
        if (string.IsNullOrWhiteSpace(text))
        {
            problems.Error(path, 0, 0, "It is empty.", "Write what belongs there.");
            return null;
        }

        return contract with { Stamp = contract.Stamp with { Version = ContractVersion.Of(path, text) } };
    }

    private void Interfaces(ModulesFile? modules, HashSet<string>? names)
    {
        foreach (var module in modules?.Modules ?? [])
        {
            if (!Path.Exists(Path.Combine(directory, module.Module.Interface)))
            {
                problems.Error(ContractSet.Modules, module.Name.Line, module.Name.Column, $"Module '{module.Module.Name}' has no interface.", $"Write {module.Module.Interface}.");
            }
        }

        foreach (var path in contracts.Keys.Where(p => p.EndsWith(".interface.md", StringComparison.Ordinal)))
        {
            var name = path["interfaces/".Length..^".interface.md".Length];
            if (names?.Contains(name) is false)
            {
                problems.Error(path, 0, 0, $"This is the interface of '{ContractProblems.Shown(name)}', and there is no such module.", "Add the module to modules.json, or take the file away.");
            }
        }
    }

    private ImmutableArray<DecisionRecord> Decisions(HashSet<string>? names)
    {
        var reader = new DecisionReader(problems);
        var all = contracts.Keys.Where(p => p.StartsWith("decisions/", StringComparison.Ordinal)).Select(p => (Path: p, Name: DecisionReader.NameOf(p["decisions/".Length..])!.Value)).ToList();
        foreach (var same in all.GroupBy(d => d.Name.Number).Where(g => g.Count() > 1))
        {
            problems.Error(same.Last().Path, 0, 0, $"{same.First().Path} has the number {same.Key:000} already.", "Give this one the next free number.");
        }

        var records = ImmutableArray.CreateBuilder<DecisionRecord>();
        foreach (var (path, name) in all)
        {
            if (reader.Read(contracts[path], name) is not var (record, statusLine, affectsLine))
            {
                continue;
            }

            records.Add(record);
            if (record.Status.StartsWith("superseded by ", StringComparison.OrdinalIgnoreCase)
                && int.Parse(record.Status.AsSpan("superseded by ".Length, 3)) is var by && (by == record.Number || all.TrueForAll(d => d.Name.Number != by)))
            {
                problems.Error(path, statusLine, 0, $"It is superseded by {by:000}, and there is no other decision of that number.", "Name the decision that takes its place.");
            }

            foreach (var unknown in record.Affects.Where(a => names?.Contains(a) is false))
            {
                problems.Error(path, affectsLine, 0, $"It affects '{ContractProblems.Shown(unknown)}', and there is no such module.", "Name modules of modules.json.");
            }
        }

        return records.DrainToImmutable();
    }
}
