using System.Collections.Immutable;

namespace Muster.Agents.Inspect.Rules;

/// <summary>The rules of one check, as one file of the catalog holds them.</summary>
/// <param name="Id">The check's id: the file's name.</param>
/// <param name="Rules">In the file's order.</param>
public sealed record RulePack(string Id, ImmutableArray<Rule> Rules)
{
    private const string Prefix = "catalog/rules/";
    private const string Suffix = ".yaml";

    /// <summary>The ids of the packs that Muster brings along, in order.</summary>
    public static ImmutableArray<string> BuiltInIds { get; } =
    [
        .. typeof(RulePack).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal))
            .Select(name => name[Prefix.Length..^Suffix.Length])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>A check for each pack that Muster brings along. A pack is read when its check is first run.</summary>
    public static ImmutableArray<ICheck> BuiltIn() => [.. BuiltInIds.Select(RuleCheck.Load)];

    /// <summary>Reads a pack that Muster brings along.</summary>
    /// <exception cref="RulePackException">There is none of that name.</exception>
    public static RulePack ReadBuiltIn(string id)
    {
        using var stream = typeof(RulePack).Assembly.GetManifestResourceStream(Prefix + id + Suffix)
            ?? throw RulePackException.Unknown(id, BuiltInIds);
        using var reader = new StreamReader(stream);
        return Parse(id, reader.ReadToEnd());
    }

    /// <summary>Reads a pack's text.</summary>
    /// <exception cref="RulePackException">It is not a pack; the message names the line.</exception>
    public static RulePack Parse(string id, string yaml) => new RulePackReader(id).Read(yaml);
}
