namespace Muster.Tests.Contracts;

/// <summary>
/// What an agent promises that is not held by a sandbox but holds itself. What holds the agent CLIs is tried with the real ones, in
/// tests/Muster.EndToEnd; a command is the person's own.
/// </summary>
public abstract class HeldWorkspaceContract : WorkspaceContract
{
    [Fact]
    public async Task An_agent_without_a_workspace_changes_no_tree()
    {
        await FinishAsync(Builder());

        Assert.Empty(Directory.GetFiles(Home.Path, "made.txt", SearchOption.AllDirectories));
    }
}
