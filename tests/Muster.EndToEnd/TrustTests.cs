namespace Muster.EndToEnd;

/// <summary>A tree's own files are ignored until a person approved them, and no agent can.</summary>
public sealed class TrustTests : IDisposable
{
    private readonly MusterProcess muster = new();

    public void Dispose() => muster.Dispose();

    [Fact]
    public async Task A_muster_yaml_in_a_tree_is_ignored_until_its_hash_is_approved_and_again_once_it_changes()
    {
        muster.Write("tree/a.py", "x = 1\n");
        muster.Write("tree/muster.yaml", "limits: { agents: 3 }\n");
        var ignored = await muster.RunAsync("audit", "tree");
        Assert.Contains("muster.yaml is ignored: what a tree says about its own audit is not trusted", ignored.Errors, StringComparison.Ordinal);
        Assert.Contains("32 launched", ignored.Output, StringComparison.Ordinal);

        var asked = await muster.RunAsync("trust", "tree");
        Assert.Equal(4, asked.ExitCode);
        Assert.Contains("at most 3 attempts", asked.Output, StringComparison.Ordinal);
        var hash = asked.Output[(asked.Output.IndexOf("--hash ", StringComparison.Ordinal) + 7)..].Trim();
        Assert.Equal(2, (await muster.RunAsync("trust", "tree", "--hash", hash.Replace(hash[0], hash[0] == 'a' ? 'b' : 'a'))).ExitCode);
        Assert.Equal(0, (await muster.RunAsync("trust", "tree", "--hash", hash)).ExitCode);

        var limited = await muster.RunAsync("audit", "tree");
        Assert.Equal(5, limited.ExitCode);
        Assert.Contains("the limit of 3 agents is reached", limited.Output, StringComparison.Ordinal);

        muster.Write("tree/muster.yaml", "limits: { agents: 4 }\n");
        var changed = await muster.RunAsync("audit", "tree");
        Assert.Contains("has changed since you approved it", changed.Errors, StringComparison.Ordinal);
        Assert.Contains("32 launched", changed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_says_what_no_tree_may_cannot_be_approved()
    {
        muster.Write("tree/muster.yaml", "agents:\n  claude: { program: ./evil.sh }\n");

        var refused = await muster.RunAsync("trust", "tree", "--hash", "00");

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("muster.yaml:2:13: error: 'program' is no key of an agent in a tree's settings", refused.Errors, StringComparison.Ordinal);
    }

    /// <summary>Whatever somebody put there must not keep a tree from being audited.</summary>
    [Theory]
    [InlineData("mkdir tree/muster.yaml", "it is a directory")]
    [InlineData("mkfifo tree/muster.yaml", "it is a pipe or a device")]
    [InlineData("printf 'a: \\377' > tree/muster.yaml", "it is not UTF-8")]
    [InlineData("truncate -s 2M tree/muster.yaml", "it has more than 1,048,576 bytes")]
    public async Task What_cannot_be_read_is_ignored_with_a_notice(string make, string why)
    {
        muster.Write("tree/a.py", "x = 1\n");
        Assert.Equal(0, (await muster.RunToolAsync("sh", "-c", make)).ExitCode);

        var audit = await muster.RunAsync("audit", "tree");

        Assert.Contains($"muster.yaml is ignored: {muster.Home}/tree/muster.yaml cannot be read: {why}", audit.Errors, StringComparison.Ordinal);
        Assert.Contains("32 launched", audit.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_to_approve_is_no_fault()
    {
        Directory.CreateDirectory(Path.Combine(muster.Home, "tree"));

        var nothing = await muster.RunAsync("trust", "tree");

        Assert.Equal((0, true), (nothing.ExitCode, nothing.Output.Contains("nothing to approve", StringComparison.Ordinal)));
        Assert.False(File.Exists(Path.Combine(muster.Home, "config", "muster", "approved.json")));
    }

    /// <summary>Promise 8: an agent that clears its environment and leaves its session is known by the processes above it.</summary>
    [Theory]
    [InlineData("\"$MUSTER\" trust \"$T\" --hash \"$H\"", "has MUSTER_")]
    [InlineData("env -i \"XDG_CONFIG_HOME=$C\" \"$MUSTER\" trust \"$T\" --hash \"$H\"", "runs below process")]
    [InlineData("(setsid env -i \"XDG_CONFIG_HOME=$C\" \"$MUSTER\" trust \"$T\" --hash \"$H\" &) ; sleep 2", "runs below process")]
    public async Task An_agent_cannot_approve(string call, string why)
    {
        muster.Write("tree/muster.yaml", "limits: { agents: 3 }\n");
        var hash = (await muster.JsonAsync("trust", "tree")).GetProperty("hash").GetString();
        var said = Path.Combine(muster.Home, "said");
        muster.Write("try.sh", $"MUSTER='{MusterProcess.Program}' T='{muster.Home}/tree' H={hash} C='{muster.Home}/config'\n({call}) > '{said}' 2>&1\n"
            + "printf '# T\\n\\n## Findings\\n\\n- none\\n\\n<!-- DONE -->\\n' > \"$MUSTER_OUTPUT\"\n");
        muster.Write("plan.yaml", "goal: x\nagent: command\ndomains:\n  - id: d\n    tasks:\n      - { id: t, task: Try, model: haiku, command: [sh, \"" + muster.Home + "/try.sh\"] }\n");

        Assert.Equal(0, (await muster.RunAsync("run", "plan.yaml")).ExitCode);

        Assert.Contains($"Only a person can approve, and whoever asks {why}", await File.ReadAllTextAsync(said, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.False((await muster.JsonAsync("trust", "tree")).GetProperty("approved").GetBoolean());
    }
}
