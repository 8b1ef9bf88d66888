using Muster.Agents;
using Muster.Runs;

namespace Muster.Tests.Agents;

public sealed class ReturnLineTests
{
    [Theory]
    [InlineData(Role.Worker, "I looked.\nDone. It is there.\nBye!", "Done. It is there.")]
    [InlineData(Role.Qc, "Failed. No such module.\n", "Failed. No such module.")]
    [InlineData(Role.Builder, "So:\nBLOCKED. Contract conflict: auth has no clock.\nSee conflict.md", "BLOCKED. Contract conflict: auth has no clock.")]
    [InlineData(Role.Architect, "Nothing that was asked for", "Nothing that was asked for")]
    [InlineData(Role.Coordinator, " 4 of 4 verified.\nDone. All is well.\n- and more ", "4 of 4 verified.\nDone. All is well.\n- and more")]
    public void What_was_told_to_be_returned_is_found_and_only_a_coordinator_returns_all(Role role, string said, string line) =>
        Assert.Equal(line, ReturnLine.Of(said, role));
}
