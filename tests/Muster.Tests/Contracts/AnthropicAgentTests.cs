namespace Muster.Tests.Contracts;

public sealed class AnthropicAgentTests() : ChatAgentContract("anthropic");
