using Muster.Agents;
using Muster.Plans;
using Muster.Runs;

namespace Muster.Pipeline;

/// <summary>Whether the models of those who write files can write one in a single answer: a call that was cut cannot be gone on with.</summary>
internal static class OutputRoom
{
    /// <summary>Tokens of a file of some 1,500 lines, with a thought before it.</summary>
    public const int Needed = 16_000;

    /// <summary>What is not known of these models, a notice for each agent.</summary>
    /// <exception cref="BuildException">A model is known to write less than a file needs.</exception>
    public static IEnumerable<string> Notices(BuildRequest request)
    {
        var roles = request.Fixes.IsEmpty ? BuildStart.Roles.Where(Proposals.MayBeMadeBy) : [Role.Action];
        var agents = roles.Select(role => request.RoleAgents.GetValueOrDefault(role.ToString().ToLowerInvariant(), request.Agent)).Distinct(StringComparer.Ordinal);
        foreach (var agent in PlanModels.OfTiers(agents, request.Models).GroupBy(model => model.Agent, StringComparer.Ordinal))
        {
            foreach (var model in agent)
            {
                if (request.Models.KnownMaxOutputOf(model.Model) is { } writes and < Needed)
                {
                    throw BuildException.TooLittleOutput(model, writes, Needed);
                }
            }

            var unknown = agent.Select(model => model.Model).Distinct(StringComparer.Ordinal).Where(model => request.Models.KnownMaxOutputOf(model) is null).ToList();
            if (unknown.Count > 0)
            {
                yield return $"Nobody knows how much {string.Join(", ", unknown)} of agent {agent.Key} can write in one answer, so a long file may be cut: a builder needs {Needed:N0} tokens. "
                    + "Say it as 'max_output' under 'models:' in muster.yaml in your configuration directory (see docs/agents-and-money.md).";
            }
        }
    }
}
