namespace Muster.Tests.Contracts;

public sealed class OpenAIAgentTests() : ChatAgentContract("openai");
