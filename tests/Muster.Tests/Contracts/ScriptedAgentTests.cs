using Muster.Agents;
using Muster.Agents.Scripted;
using Muster.Artefacts;
using Muster.Plans;

namespace Muster.Tests.Contracts;

public sealed class ScriptedAgentTests : HeldWorkspaceContract
{
    protected override IAgent Agent { get; } = new ScriptedAgent(ScriptFile.Parse("\"long*\": {delay: 1h}\n\"build/auth/*\": {files: {made.txt: made}}", "script.yaml"), TimeProvider.System);

    protected override TaskSpec Spec(bool isLong) => Plain("scripted") with { Name = isLong ? "long" : "short" };

    protected override TaskSpec BuilderSpec => Plain("scripted");

    /// <summary>Faults 9, 10, 18, 20, 21, 24, 25, 27, 28, 30: what must not count does not, and the reason says why.</summary>
    [Theory]
    [InlineData("no-file", RejectionCode.NoOutput)]
    [InlineData("half-file", RejectionCode.NoSentinel)]
    [InlineData("empty-file", RejectionCode.Empty)]
    [InlineData("blank-file", RejectionCode.Empty)]
    [InlineData("only-sentinel", RejectionCode.Empty)]
    [InlineData("sentinel-in-middle", RejectionCode.NoSentinel)]
    [InlineData("sentinel-in-fence", RejectionCode.NoSentinel)]
    [InlineData("sentinel-lookalike", RejectionCode.NoSentinel)]
    [InlineData("no-heading", RejectionCode.NoHeading)]
    [InlineData("invalid-utf8", RejectionCode.NotUtf8)]
    [InlineData("huge-file", RejectionCode.TooLarge)]
    [InlineData("long-line", RejectionCode.TooLarge)]
    [InlineData("symbolic-link", RejectionCode.NotRegular)]
    [InlineData("hard-link", RejectionCode.NotRegular)]
    [InlineData("directory-in-place", RejectionCode.NotRegular)]
    [InlineData("pipe", RejectionCode.NotRegular)]
    [InlineData("error-file", RejectionCode.ReportedError)]
    public async Task A_faulty_file_is_rejected_with_its_reason(string fault, RejectionCode code)
    {
        var verdict = await VerdictOn(fault);

        var rejected = Assert.IsType<Verdict.Rejected>(verdict);
        Assert.Equal(code, rejected.Code);
        Assert.NotEmpty(rejected.Reason);
    }

    /// <summary>Faults 19 and 26: what is odd but whole counts.</summary>
    [Theory]
    [InlineData("windows-file")]
    [InlineData("hostile-text")]
    [InlineData("injection")]
    [InlineData("false-evidence")]
    public async Task An_odd_but_whole_file_is_accepted(string fault) => Assert.IsType<Verdict.Verified>(await VerdictOn(fault));

    [Theory]
    [InlineData("t1: {dela: 1s}", "script.yaml:1:6", "'dela' is no key")]
    [InlineData("t1: {delay: soon}", "script.yaml:1:13", "no duration")]
    [InlineData("t1: half-a-file", "script.yaml:1:5", "no fault")]
    [InlineData("- a", "script.yaml:1:1", "a script is a mapping")]
    [InlineData("role:bilder: half-file", "script.yaml:1:1", "'bilder' is no role (worker, coordinator, architect,")]
    [InlineData("t1: {files: {../x: a}}", "script.yaml:1:14", "only a step with 'hostile: true'")]
    [InlineData("t1: {attempt_files: {/etc/x: a}}", "script.yaml:1:22", "only a step with 'hostile: true'")]
    [InlineData("t1: {links: {x: /etc}, hostile: false}", "script.yaml:1:17", "only a step with 'hostile: true'")]
    [InlineData("t1: {delete: src}", "script.yaml:1:14", "a list of paths")]
    [InlineData("t1: {hostile: maybe}", "script.yaml:1:15", "neither true nor false")]
    public void A_script_that_cannot_be_read_is_told_with_its_place(string yaml, string place, string what)
    {
        var error = Assert.Throws<ScriptException>(() => ScriptFile.Parse(yaml, "script.yaml"));

        Assert.StartsWith(place, error.Message, StringComparison.Ordinal);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    private async Task<Verdict> VerdictOn(string fault)
    {
        var agent = new ScriptedAgent(ScriptFile.Parse($"\"*\": {fault}", "script.yaml"), TimeProvider.System);
        var task = Task("t1", isLong: false);
        await agent.RunAsync(task, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
        return Verifier.Verify(task.Directory, new());
    }
}
