using System.Collections.Immutable;
using System.Text;
using Muster.Plans;

namespace Muster.Models;

/// <summary>catalog/models.yaml, which comes with this program.</summary>
/// <param name="Agents">The agents that use models, by name.</param>
/// <param name="Models">The models, by name.</param>
public sealed record ModelCatalog(ImmutableDictionary<string, KnownAgent> Agents, ImmutableDictionary<string, ModelFacts> Models)
{
    private static readonly Lazy<ModelCatalog> Embedded = new(Read);

    /// <summary>The catalog of this program.</summary>
    public static ModelCatalog BuiltIn => Embedded.Value;

    private static ModelCatalog Read()
    {
        using var stream = typeof(ModelCatalog).Assembly.GetManifestResourceStream("models.yaml")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var problems = new ProblemList("catalog/models.yaml");
        var models = new ModelReader(problems);
        var file = PlanTree.Read(reader.ReadToEnd(), problems, "catalog") is { } tree ? new YamlFields(problems).Fields(tree, ["agents", "models"], "a catalog") : null;
        var catalog = file is null ? null : new ModelCatalog(models.KnownAgents(file["agents"]), models.Models(file["models"]));
        return !problems.HasErrors && catalog is not null ? catalog : throw new InvalidDataException(string.Join('\n', problems.ToSorted()));
    }
}
