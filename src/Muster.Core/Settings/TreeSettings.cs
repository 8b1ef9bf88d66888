using System.Collections.Immutable;
using Muster.Plans;
using Muster.Runs;

namespace Muster.Settings;

/// <summary>What a tree's own muster.yaml may say once it is approved: models of tiers, and limits. Nothing else, ever.</summary>
/// <param name="Tiers">By agent: models by tier.</param>
/// <param name="Limits">Of a run over the tree; they lower a person's own and never raise them.</param>
/// <param name="Capacity">Units at once, likewise; null: not said.</param>
public sealed record TreeSettings(
    ImmutableDictionary<string, ImmutableDictionary<string, string>> Tiers, RunLimits Limits, int? Capacity)
{
    /// <summary>Reads the file's text.</summary>
    /// <exception cref="SettingsException">It says something that a tree's file cannot; line and column are named.</exception>
    public static TreeSettings Parse(TreeFile file)
    {
        var problems = new ProblemList(file.Path);
        var settings = PlanTree.Read(file.Content, problems, "file of settings") is { } tree ? new SettingsReader(problems).ReadTree(tree)
            : problems.HasErrors ? null
            : new([], new(), null);
        return settings is not null && !problems.HasErrors ? settings : throw SettingsException.TreeRefused(file.Path, problems.ToSorted());
    }

    /// <summary>What it sets, a line each, in words; none where it sets nothing.</summary>
    public IEnumerable<string> Words()
    {
        foreach (var (agent, tiers) in Tiers.OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            foreach (var (tier, model) in tiers.OrderBy(t => t.Key, StringComparer.Ordinal))
            {
                yield return $"{agent}: {tier} means the model {model}";
            }
        }

        foreach (var (name, value) in new (string, object?)[]
        {
            ("attempts", Limits.Agents), ("tokens", Limits.Tokens), ("USD", Limits.Usd), ("of wall-clock time", Limits.Wall), ("units of capacity", Capacity),
        })
        {
            if (value is not null)
            {
                yield return $"at most {value} {name}, unless the command line or the plan says";
            }
        }
    }
}
