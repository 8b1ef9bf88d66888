namespace Muster.Agents.Chat;

/// <summary>A provider cannot be asked at all: no key is set.</summary>
internal sealed class ProviderSetupException : MusterException
{
    private ProviderSetupException(string message, string nextStep)
        : base(message, nextStep)
    {
    }

    public static ProviderSetupException NoKey(string agent, string variable) => new(
        $"The agent '{agent}' has no key: {variable} is not set.", $"Set {variable} to a key of the provider, or choose another agent.");
}
