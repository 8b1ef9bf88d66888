namespace Muster.Agents;

/// <summary>A workspace that no agent can be let into.</summary>
public sealed class WorkspaceException : MusterException
{
    private WorkspaceException(string message, string nextStep)
        : base(message, nextStep)
    {
    }

    internal static WorkspaceException Link(string path) => new(
        $"{path} is a link, so that what it leads to cannot be kept from the agent.",
        "Look who made it, and put what belongs there in its place.");
}
