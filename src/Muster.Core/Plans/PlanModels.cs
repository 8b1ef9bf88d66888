using System.Collections.Immutable;
using Muster.Models;
using Muster.Runs;

namespace Muster.Plans;

/// <summary>Settles which models a plan's agents use, and what they cost now.</summary>
public static class PlanModels
{
    /// <summary>Each pair of agent and model once, the tasks' in the plan's order and the coordinators' last.</summary>
    internal static ImmutableArray<RunModel> Of(Plan plan, ModelTable models) =>
    [
        .. plan.Domains.SelectMany(d => d.Tasks).Select(t => (t.Template.Agent, t.Template.Model))
            .Append((Agent: plan.CoordinatorAgent, Model: plan.CoordinatorModel))
            .Where(pair => RunModel.IsUsedBy(pair.Agent))
            .Distinct()
            .Select(pair => WithPrice(new(pair.Agent, pair.Model, models.ModelOf(BatchedAgent.Plain(pair.Agent), pair.Model), null, null), models)),
    ];

    /// <summary>What every tier means for each of these agents that uses a model at all.</summary>
    public static ImmutableArray<RunModel> OfTiers(IEnumerable<string> agents, ModelTable models) =>
    [
        .. from agent in agents
           where RunModel.IsUsedBy(agent)
           from tier in Enum.GetNames<Tier>()
           let name = tier.ToLowerInvariant()
           select WithPrice(new(agent, name, models.ModelOf(agent, name), null, null), models),
    ];

    /// <summary>The same models with the prices of now: a person may have looked one up since.</summary>
    public static ImmutableArray<RunModel> Priced(ImmutableArray<RunModel> settled, ModelTable models) => [.. settled.Select(model => WithPrice(model, models))];

    private static RunModel WithPrice(RunModel model, ModelTable models) =>
        models.PriceOf(model.Model) is not { } price ? model
        : BatchedAgent.Is(model.Agent) ? model with { InputUsd = price.Rates.Input * price.BatchFactor, OutputUsd = price.Rates.Output * price.BatchFactor }
        : model with { InputUsd = price.Rates.Input, OutputUsd = price.Rates.Output };
}
