namespace Muster.EndToEnd;

/// <summary>The commands that look at a build's contracts, locks and training pairs, in a real checkout.</summary>
public sealed class ContractsTests : IDisposable
{
    private const string Lock = "interfaces/auth.interface.md";

    private readonly MusterProcess muster = new();

    public void Dispose() => muster.Dispose();

    [Fact]
    public async Task Good_contracts_are_told_for_people_and_programs_from_anywhere_in_the_checkout()
    {
        WriteContracts();
        Directory.CreateDirectory(Path.Combine(muster.Home, ".git"));

        var text = await muster.RunAsync("contracts", "check");
        var json = await muster.JsonAsync("contracts", "check", ".orchestration/contracts");
        var below = await muster.RunToolAsync("sh", "-c", $"mkdir -p src/deep && cd src/deep && '{MusterProcess.Program}' contracts check");

        Assert.True(text.ExitCode == 0, text.Output + text.Errors);
        Assert.Contains("shop: 1 module, 0 decisions, 1 lock", text.Output, StringComparison.Ordinal);
        Assert.Equal(text.Output, below.Output);
        Assert.True(json.GetProperty("ok").GetBoolean());
        Assert.Contains(json.GetProperty("hash").GetString()!, text.Output, StringComparison.Ordinal);
        Assert.Equal(2, json.GetProperty("contracts").EnumerateArray().Single(c => c.GetProperty("path").GetString() == "architecture.md").GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task Problems_are_told_all_at_once_with_file_and_line_and_exit_code_2()
    {
        WriteContracts();
        muster.Write(".orchestration/contracts/modules.json", "{ \"project\": \"shop\",\n  \"modules\": [{ \"name\": \"--exec\" }],\n  \"build_order\": [], \"assembly_order\": [] }");

        var text = await muster.RunAsync("contracts", "check");
        var json = await muster.RunAsync("contracts", "check", "--json");

        Assert.Equal((2, 2), (text.ExitCode, json.ExitCode));
        Assert.Contains("modules.json:2:25: error: '--exec' cannot be a module's name: it begins with '-', as options do.", text.Errors, StringComparison.Ordinal);
        Assert.Contains("modules.json:2:15: error: 'description' is missing in a module.", text.Errors, StringComparison.Ordinal);
        Assert.Contains("\"ok\": false", json.Output, StringComparison.Ordinal);
        Assert.Equal(2, (await muster.RunAsync("contracts", "check", "nowhere")).ExitCode);
        Assert.Contains("Run 'muster contracts check --help'", (await muster.RunAsync("contracts", "check", "a", "b")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Locks_are_listed_and_a_person_sets_one_from_a_terminal()
    {
        WriteContracts();

        Assert.Contains($"{Lock}   locked by auth since 2026-11-25   affects *", (await muster.RunAsync("locks")).Output, StringComparison.Ordinal);
        var set = await AtTerminalAsync("yes", $"locks --set {Lock}=critical --because 'clients are out'");
        Assert.True(set.ExitCode == 0, set.Output + set.Errors);
        Assert.Contains($"{Lock}: locked → critical", set.Output, StringComparison.Ordinal);

        var json = await muster.JsonAsync("locks");
        var (item, change) = (json.GetProperty("locks")[0], json.GetProperty("audit")[0]);
        Assert.Equal(("critical", "human"), (item.GetProperty("level").GetString(), item.GetProperty("lockedBy").GetString()));
        Assert.Equal(("locked", "critical", "clients are out"), (change.GetProperty("from").GetString(), change.GetProperty("to").GetString(), change.GetProperty("because").GetString()));
        Assert.Equal(0, (await muster.RunAsync("contracts", "check")).ExitCode);
    }

    /// <summary>Promise 8 for locks: no agent sets one, nor anybody who was not asked.</summary>
    [Fact]
    public async Task A_lock_is_not_set_without_a_terminal_or_by_an_agent_or_unconfirmed()
    {
        WriteContracts();
        var before = await File.ReadAllTextAsync(Path.Combine(muster.Home, ".orchestration/contracts/locks.json"), TestContext.Current.CancellationToken);
        string[] set = ["locks", "--set", $"{Lock}=unlocked", "--because", "x"];

        var redirected = await muster.RunAsync(set);
        Assert.Equal(2, redirected.ExitCode);
        Assert.Contains("Only a person can set a lock here, and whoever asks has no terminal.", redirected.Errors, StringComparison.Ordinal);
        muster.Variables["MUSTER_TASK"] = "build/auth/1";
        Assert.Contains("has MUSTER_TASK in its environment", (await AtTerminalAsync("yes", string.Join(' ', set))).Output, StringComparison.Ordinal);
        muster.Variables.Remove("MUSTER_TASK");
        Assert.Contains("The lock was not set.", (await AtTerminalAsync("no", string.Join(' ', set))).Output, StringComparison.Ordinal);
        Assert.Contains("There is no contract 'gone.md'", (await AtTerminalAsync("yes", "locks --set gone.md=locked --because x")).Output, StringComparison.Ordinal);
        Assert.Contains("A lock is not set without a reason", (await AtTerminalAsync("yes", $"locks --set {Lock}=locked")).Output, StringComparison.Ordinal);

        Assert.Equal(before, await File.ReadAllTextAsync(Path.Combine(muster.Home, ".orchestration/contracts/locks.json"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Training_pairs_are_checked_counted_and_exported()
    {
        WriteContracts();
        const string Good = """{"messages":[{"role":"user","content":"How are tokens signed?"},{"role":"assistant","content":"The module auth signs every token with RS256 and keeps its private key in the vault, so that nobody else can issue one."}],"metadata":{"pair_id":1,"taxonomy":"fact","source_refs":[".orchestration/contracts/architecture.md:1"],"modules_referenced":["auth"],"hop_count":1,"difficulty":"easy","quality_score":0.9,"expires_at":null}}""";
        muster.Write(".orchestration/training/auth.jsonl", Good + "\n" + Good.Replace("\"pair_id\":1", "\"pair_id\":2", StringComparison.Ordinal).Replace("null", "\"2020-01-01\"", StringComparison.Ordinal) + "\n");

        var sound = await muster.RunAsync("training", "check");
        Assert.True(sound.ExitCode == 0, sound.Output + sound.Errors);
        var stats = await muster.JsonAsync("training", "stats");
        Assert.Equal((2, 1, 2), (stats.GetProperty("pairs").GetInt32(), stats.GetProperty("expired").GetInt32(), stats.GetProperty("taxonomy").GetProperty("fact").GetInt32()));
        Assert.Contains("1 pair in pairs.jsonl, 1 left out", (await muster.RunAsync("training", "export", "--output", "pairs.jsonl")).Output, StringComparison.Ordinal);
        Assert.Equal(Good + "\n", File.ReadAllText(Path.Combine(muster.Home, "pairs.jsonl")));
        await muster.RunAsync("training", "export", "--output", "bare.jsonl", "--messages-only");
        Assert.DoesNotContain("metadata", File.ReadAllText(Path.Combine(muster.Home, "bare.jsonl")), StringComparison.Ordinal);

        muster.Write(".orchestration/conflicts/auth-tokens.md", "BLOCKED.\n");
        var open = await muster.RunAsync("training", "check");
        Assert.Equal(2, open.ExitCode);
        Assert.Contains("auth.jsonl:1: error: The pair touches an open conflict of module 'auth'", open.Errors, StringComparison.Ordinal);
    }

    private async Task<MusterResult> AtTerminalAsync(string answer, string arguments)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "A terminal is made with script(1).");
        muster.Write("ask.sh", $"'{MusterProcess.Program}' {arguments}\n");
        return await muster.RunToolAsync("sh", "-c", $"echo {answer} | script -qec 'sh ask.sh' /dev/null");
    }

    private void WriteContracts()
    {
        muster.Write(".orchestration/contracts/architecture.md", "# Shop\n\nVersion: 2\n\nOne module.\n");
        muster.Write(".orchestration/contracts/modules.json", """
            { "project": "shop",
              "modules": [{ "name": "auth", "description": "Signs", "depends_on": [], "interface": "interfaces/auth.interface.md",
                            "builder_model": "opus", "estimated_complexity": "low", "paths": ["src/auth/"] }],
              "build_order": ["auth"], "assembly_order": ["auth"] }
            """);
        muster.Write($".orchestration/contracts/{Lock}", "# auth\n");
        muster.Write(".orchestration/contracts/locks.json", $$"""
            { "locks": [{ "id": "{{Lock}}", "locked_by": "auth", "lock_level": "locked", "affects": ["*"], "assertion": "Tokens are RS256.", "locked_at": "2026-11-25T09:00:00Z" }] }
            """);
    }
}
