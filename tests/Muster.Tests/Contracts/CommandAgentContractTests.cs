using Muster.Agents;
using Muster.Agents.Command;
using Muster.Plans;

namespace Muster.Tests.Contracts;

public sealed class CommandAgentContractTests : WorkspaceContract
{
    private const string WellFormed = "printf '# t\\n\\n## Findings\\n\\n- none\\n\\n<!-- DONE -->\\n' > \"$MUSTER_OUTPUT\"; echo Done.";
    private CommandAgent? agent;

    protected override IAgent Agent => agent ??= new CommandAgent(Directory.CreateDirectory(Path.Combine(Home.Path, "run")).FullName);

    protected override TaskSpec Spec(bool isLong) => Plain("command") with { Command = ["sh", "-c", (isLong ? "sleep 60; " : string.Empty) + WellFormed] };

    protected override TaskSpec BuilderSpec => Plain("command") with { Command = ["sh", "-c", "[ \"$MUSTER_WORKSPACE\" = \"$PWD\" ] && echo made > made.txt; " + WellFormed] };
}
