namespace Muster.Runs;

/// <summary>What attempts have in common whose spending is summed up.</summary>
/// <param name="Domain">The domain's id.</param>
/// <param name="Agent">The agent's name.</param>
/// <param name="Model">The model's own name; for an agent without models, what the plan says.</param>
/// <param name="Tier">The tier.</param>
/// <param name="Role">The role.</param>
public readonly record struct SpendingKey(string Domain, string Agent, string Model, Tier Tier, Role Role);
