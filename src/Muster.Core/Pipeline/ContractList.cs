using System.Text;
using Muster.Contracts;

namespace Muster.Pipeline;

/// <summary>Files that an agent is to read, by explicit list, with the version and hash that it works against.</summary>
internal static class ContractList
{
    /// <summary>The contracts of a tree, a line each, as paths in that tree.</summary>
    public static string Of(string tree, IEnumerable<ContractStamp> contracts, params IEnumerable<string> others)
    {
        var list = new StringBuilder();
        foreach (var contract in contracts)
        {
            list.Append("- ").Append(Path.Combine(tree, BuildSite.Memory, "contracts", contract.Path))
                .Append(" (version ").Append(contract.Version).Append(", sha256 ").Append(contract.Sha256).Append(")\n");
        }

        foreach (var other in others.Select(other => Path.Combine(tree, BuildSite.Memory, other)).Where(File.Exists))
        {
            list.Append("- ").Append(other).Append('\n');
        }

        return list.Length == 0 ? "None." : list.ToString().TrimEnd('\n');
    }

    /// <summary>Modules, a line each, in an order.</summary>
    public static string Modules(Blueprint blueprint, IEnumerable<string> order, Func<Module, string> about) =>
        string.Join('\n', order.Select((name, i) => $"{i + 1}. {name}: {about(blueprint.Find(name)!)}"));
}
