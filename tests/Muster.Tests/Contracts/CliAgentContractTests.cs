using Muster.Agents;
using Muster.Plans;
using Muster.Tests.Agents.Cli;

namespace Muster.Tests.Contracts;

public sealed class CliAgentContractTests : WorkspaceContract
{
    private readonly StandIn run = new("case \"$*\" in *Glob*) echo made > made.txt;; esac\ncase \"$*\" in *Grep*) sleep 60;; esac\n" + StandIn.WellDone);
    private IAgent? agent;

    protected override IAgent Agent => agent ??= run.NewAgent(runDirectory: Directory.CreateDirectory(Path.Combine(Home.Path, "run")).FullName);

    protected override TaskSpec Spec(bool isLong) => Plain("claude") with { Tools = [isLong ? "Grep" : "Read"] };

    protected override TaskSpec BuilderSpec => Plain("claude") with { Tools = ["Glob"] };

    protected override void Clean() => run.Dispose();
}
