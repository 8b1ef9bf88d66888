using Muster.Agents;
using Muster.Agents.Scripted;
using Muster.Artefacts;
using Muster.Runs;

namespace Muster.Tests.Agents.Scripted;

/// <summary>A build rehearsed: what each role leaves, on the disk and in words.</summary>
public sealed class ScriptedBuildTests : IDisposable
{
    private readonly TempDirectory home = new();

    private string Workspace => Path.Combine(home.Path, "module");

    public ScriptedBuildTests()
    {
        home.File("module/.git", "gitdir: /somewhere\n");
        home.File("module/src/old.txt", "old");
    }

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task A_rule_for_a_step_a_round_an_attempt_or_a_role_says_what_is_written()
    {
        const string Script = """
            build/auth/2: {files: {src/auth.txt: second round}}
            build/auth/*:
              - {files: {src/auth.txt: first attempt}, fault: half-file}
              - {files: {src/auth.txt: second attempt}}
            role:builder:
              files: {"src/{module}/a.txt": "{task} of {step}, {attempt}"}
              attempt_files: {brain.md: "I built {module}."}
              return: "BLOCKED. Contract conflict: {module} cannot be met."
            role:architect: {attempt_files: {contracts/modules.json: '{"project": "p", "modules": []}'}}
            """;

        await RunAsync(Script, Builder("auth", round: 1, attempt: 1));
        Assert.Equal("first attempt", Read("src/auth.txt"));
        await RunAsync(Script, Builder("auth", round: 1, attempt: 2));
        Assert.Equal("second attempt", Read("src/auth.txt"));
        await RunAsync(Script, Builder("auth", round: 2, attempt: 1));
        Assert.Equal("second round", Read("src/auth.txt"));

        var billing = Builder("billing", round: 1, attempt: 1);
        var said = await RunAsync(Script, billing);
        Assert.Equal("billing of build/billing/1, 1", Read("src/billing/a.txt"));
        Assert.Equal("I built billing.", await File.ReadAllTextAsync(Path.Combine(billing.Directory, "brain.md"), TestContext.Current.CancellationToken));
        Assert.Equal(("BLOCKED. Contract conflict: billing cannot be met.", null), (said.ReturnLine, said.Failure));

        var architect = billing with { Step = "architect/1", TaskId = "architect-1", Role = Role.Architect, Workspace = null, Directory = Attempt("architect-1", 1) };
        Assert.Null((await RunAsync(Script, architect)).Failure);
        Assert.Equal("""{"project": "p", "modules": []}""", await File.ReadAllTextAsync(Path.Combine(architect.Directory, "contracts", "modules.json"), TestContext.Current.CancellationToken));
        Assert.IsType<Verdict.Verified>(Verifier.Verify(architect.Directory, new()));
    }

    [Fact]
    public async Task Files_are_deleted_and_scripts_can_be_run()
    {
        await RunAsync("role:builder: {delete: [src/old.txt, nothing], files: {test.sh: \"#!/bin/sh\\nexit 0\\n\", src/n: new}}", Builder("auth", 1, 1));

        Assert.Equal(["n"], Directory.GetFileSystemEntries(Path.Combine(Workspace, "src")).Select(Path.GetFileName));
        Assert.True(File.GetUnixFileMode(Path.Combine(Workspace, "test.sh")).HasFlag(UnixFileMode.UserExecute));
    }

    /// <summary>What a builder must not do is not kept from a rehearsal: what finds it out is what is tried.</summary>
    [Fact]
    public async Task A_rehearsal_may_do_wrong_and_a_hostile_one_may_leave_its_directory()
    {
        var outside = Directory.CreateDirectory(Path.Combine(home.Path, "outside")).FullName;

        await RunAsync("role:builder: {files: {.git: evil, .orchestration/locks.json: evil}}", Builder("auth", 1, 1));
        await RunAsync("role:builder: {hostile: true, links: {out: ../outside}, files: {out/a: through, ../b: up, '" + outside + "/c': straight}}", Builder("auth", 1, 2));

        Assert.Equal(("evil", "evil"), (Read(".git"), Read(".orchestration/locks.json")));
        Assert.Equal(["a", "c"], Directory.GetFiles(outside).Select(Path.GetFileName).Order());
        Assert.True(File.Exists(Path.Combine(home.Path, "b")));
    }

    [Fact]
    public async Task A_script_that_is_not_hostile_does_no_harm_through_links_of_the_tree()
    {
        var victim = home.File("outside/victim", "mine");
        File.CreateSymbolicLink(Path.Combine(Workspace, "directory"), Path.GetDirectoryName(victim)!);
        File.CreateSymbolicLink(Path.Combine(Workspace, "file"), victim);

        var through = await RunAsync("role:builder: {files: {directory/victim: theirs}}", Builder("auth", 1, 1));
        await RunAsync("role:builder: {files: {file: theirs}}", Builder("auth", 1, 2));
        await RunAsync("role:builder: {delete: [directory]}", Builder("auth", 1, 3));

        Assert.Contains("goes through a link", through.Failure?.Reason, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(victim, TestContext.Current.CancellationToken));
        Assert.Equal("theirs", Read("file"));
    }

    [Fact]
    public async Task What_a_script_cannot_write_fails_its_attempt_with_the_reason()
    {
        var nowhere = await RunAsync("role:builder: {files: {a: b}}", Builder("auth", 1, 1) with { Workspace = null });
        var blocked = await RunAsync("role:builder: {files: {.git/hooks/x: b}}", Builder("auth", 1, 2));

        Assert.Equal("the script changes files, and build/auth/1 has no workspace", nowhere.Failure?.Reason);
        Assert.Contains("could not be made", blocked.Failure?.Reason, StringComparison.Ordinal);
    }

    private static async Task<AgentReport.Finished> RunAsync(string script, AgentTask task)
    {
        var agent = new ScriptedAgent(ScriptFile.Parse(script, "script.yaml"), TimeProvider.System);
        var ct = TestContext.Current.CancellationToken;
        return Assert.IsType<AgentReport.Finished>((await agent.RunAsync(task, ct).ToListAsync(ct))[^1]);
    }

    private string Read(string relative) => File.ReadAllText(Path.Combine(Workspace, relative));

    private string Attempt(string id, int attempt) => Directory.CreateDirectory(Path.Combine(home.Path, "run", "attempts", id, $"{attempt}")).FullName;

    private AgentTask Builder(string module, int round, int attempt) => new()
    {
        RunId = "20260101-000000-00000000",
        Step = $"build/{module}/{round}",
        TaskId = module,
        Attempt = attempt,
        Role = Role.Builder,
        Tier = Tier.Sonnet,
        Model = "sonnet",
        Root = home.Path,
        Workspace = Workspace,
        Directory = Attempt($"{module}-{round}", attempt),
        Prompt = "Build it.",
        Timeout = TimeSpan.FromMinutes(1),
    };
}
