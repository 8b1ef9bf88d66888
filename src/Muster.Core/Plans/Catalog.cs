using System.Collections.Immutable;
using System.Text;

namespace Muster.Plans;

/// <summary>The plans that come with Muster.</summary>
public static class Catalog
{
    private const string Prefix = "catalog/", Suffix = ".yaml";

    /// <summary>Their names.</summary>
    public static ImmutableArray<string> Names { get; } =
    [
        .. typeof(Catalog).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal) && name.Count(c => c == '/') == 1)
            .Select(name => name[Prefix.Length..^Suffix.Length])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The text of a plan.</summary>
    /// <exception cref="PlanException">There is none of this name.</exception>
    public static string TextOf(string name)
    {
        using var stream = typeof(Catalog).Assembly.GetManifestResourceStream(Prefix + name + Suffix)
            ?? throw PlanException.NoSuchCatalogPlan(name, Names);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
