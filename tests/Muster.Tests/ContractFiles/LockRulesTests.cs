using Muster.Contracts;

namespace Muster.Tests.ContractFiles;

/// <summary>The specification's trust table.</summary>
public sealed class LockRulesTests : IDisposable
{
    private const string Interface = "interfaces/auth.interface.md", Decision = "decisions/001-token-format.md", Open = "interfaces/web.interface.md";

    private readonly ContractFixture contracts = new();

    public void Dispose() => contracts.Dispose();

    private static LockActor Actor(string name) => name switch
    {
        "human" => LockActor.Human,
        "master" => LockActor.Master,
        "architect" => LockActor.Architect,
        _ => LockActor.Module(name),
    };

    [Theory]
    [InlineData(Open, "web", true)]
    [InlineData(Open, "billing", true)]
    [InlineData(Interface, "auth", true)]
    [InlineData(Interface, "billing", false)]
    [InlineData(Interface, "architect", false)]
    [InlineData(Interface, "master", true)]
    [InlineData(Interface, "human", true)]
    [InlineData(Decision, "auth", false)]
    [InlineData(Decision, "architect", false)]
    [InlineData(Decision, "master", true)]
    [InlineData(Decision, "human", true)]
    public void Who_may_change_a_contract_follows_from_its_lock(string path, string actor, bool isAllowed)
    {
        var before = contracts.Read();
        contracts.Change(path, "e", "ee");

        var violations = LockRules.Check(before, contracts.Read(), Actor(actor));

        Assert.Equal(isAllowed, violations.Count == 0);
        Assert.All(violations, v => Assert.StartsWith($"{actor} changed {path}, which is ", v.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void To_remove_a_locked_contract_is_to_change_it()
    {
        var before = contracts.Read();
        File.Delete(Path.Combine(contracts.Path, Interface));
        contracts.Change("locks.json", "\"affects\": [\"billing\"]", "\"affects\": [\"web\"]");

        Assert.Contains(LockRules.Check(before, contracts.Read(), Actor("web")), v => v.Id == Interface && v.Level is LockLevel.Locked);
    }

    [Theory]
    [InlineData("billing", Open, LockLevel.Locked, "billing", null)]
    [InlineData("billing", Open, LockLevel.Locked, "auth", "which it could not change itself")]
    [InlineData("billing", Open, LockLevel.Critical, "billing", "which it could not change itself")]
    [InlineData("billing", Interface, LockLevel.Unlocked, "billing", "billing changed the lock of interfaces/auth.interface.md, which is locked by auth")]
    [InlineData("auth", Interface, LockLevel.Unlocked, "auth", null)]
    [InlineData("auth", Decision, LockLevel.Unlocked, "auth", "which is critical by architect")]
    [InlineData("human", Decision, LockLevel.Unlocked, "human", null)]
    [InlineData("master", Open, LockLevel.Critical, "master", null)]
    public void Who_may_set_a_lock_follows_from_the_one_before_and_the_one_after(string actor, string id, LockLevel level, string lockedBy, string? refused)
    {
        var before = contracts.Read();
        var set = new ContractLock(id, lockedBy, level, ["web"], "Holds.", DateTimeOffset.UnixEpoch);
        var book = before.Locks.With(set, "so it is");
        contracts.Write("locks.json", (book with { Audit = [.. before.Locks.Audit, book.Audit[^1] with { By = actor }] }).ToJson());
        Assert.Empty(contracts.Read().Problems);

        var violations = LockRules.Check(before, contracts.Read(), Actor(actor));

        Assert.Equal(refused is null, violations.Count == 0);
        Assert.All(violations, v => Assert.Contains(refused!, v.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_lock_that_is_taken_away_or_whose_file_is_damaged_is_told()
    {
        var before = contracts.Read();
        contracts.Write("locks.json", (before.Locks with { Locks = before.Locks.Locks.RemoveAt(0) }).ToJson());
        Assert.Contains(LockRules.Check(before, contracts.Read(), Actor("billing")), v => v.Id == Interface);

        File.Delete(Path.Combine(contracts.Path, "locks.json"));
        Assert.Equal([Decision, Interface, "locks.json"], LockRules.Check(before, contracts.Read(), Actor("billing")).Select(v => v.Id).Distinct().Order(StringComparer.Ordinal));

        File.CreateSymbolicLink(Path.Combine(contracts.Path, "locks.json"), "nowhere");
        Assert.Contains("nobody knows what is locked", Assert.Single(LockRules.Check(before, contracts.Read(), LockActor.Human)).Message, StringComparison.Ordinal);
        File.Delete(Path.Combine(contracts.Path, "locks.json"));
        contracts.Write("locks.json", "{");
        Assert.Contains("nobody knows what is locked", Assert.Single(LockRules.Check(before, contracts.Read(), LockActor.Human)).Message, StringComparison.Ordinal);
        Assert.Contains("nobody knows what is locked", Assert.Single(LockRules.Check(contracts.Read(), before, LockActor.Human)).Message, StringComparison.Ordinal); // Mended by whoever might have damaged it.
    }

    [Fact]
    public void The_trail_only_grows_and_in_the_name_of_whoever_writes_it()
    {
        var before = contracts.Read();
        contracts.Change("locks.json", "billing waits for it", "nobody waits for it");
        Assert.Contains("changed or removed what stood in the trail", Assert.Single(LockRules.Check(before, contracts.Read(), LockActor.Human)).Message, StringComparison.Ordinal);

        contracts.Write("locks.json", before.Locks.With(before.Locks.Locks[0] with { LockedBy = "auth", Assertion = "Other." }, "x").ToJson());
        Assert.Empty(LockRules.Check(before, contracts.Read(), Actor("auth")));
        Assert.Contains(LockRules.Check(before, contracts.Read(), Actor("web")), v => v.Message.Contains("in the name of auth", StringComparison.Ordinal));

        contracts.Write("locks.json", (before.Locks with { Locks = before.Locks.Locks.SetItem(0, before.Locks.Locks[0] with { Assertion = "Other." }) }).ToJson());
        Assert.Contains("the trail does not say so", Assert.Single(LockRules.Check(before, contracts.Read(), Actor("auth"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_builder_is_told_what_binds_its_module_and_nothing_else()
    {
        var locks = contracts.Read().Locks;

        Assert.Equal([Decision, Interface], locks.AssertionsFor("billing").Select(l => l.Id));
        Assert.Equal([Decision], locks.AssertionsFor("web").Select(l => l.Id));
        var open = locks with { Locks = [.. locks.Locks.Select(l => l with { Level = LockLevel.Unlocked })] };
        Assert.Empty(open.AssertionsFor("billing"));
    }

    [Theory]
    [InlineData("\"billing\"", "\"nobody\"", "The lock affects 'nobody'")]
    [InlineData("\"locked_by\": \"auth\"", "\"locked_by\": \"root\"", "There is no module 'root' that could have locked it")]
    [InlineData("interfaces/auth.interface.md\", \"locked_by", "interfaces/x.interface.md\", \"locked_by", "There is no contract 'interfaces/x.interface.md' to lock")]
    [InlineData("\"critical\"", "\"sacred\"", "'sacred' is no lock level")]
    [InlineData("[\"*\"]", "[]", "The lock affects no module")]
    [InlineData("2026-11-25T09:00:00Z\" }\n  ]", "yesterday\" }\n  ]", "'yesterday' is no time")]
    public void A_lock_that_says_nothing_certain_is_told_with_its_place(string old, string @new, string expected)
    {
        contracts.Change("locks.json", old, @new);

        Assert.Matches(@"locks\.json:\d+:\d+: error: " + System.Text.RegularExpressions.Regex.Escape(expected), contracts.Problems());
    }

    [Fact]
    public void No_module_can_take_the_name_of_somebody_with_more_rights()
    {
        Assert.Throws<ArgumentException>(() => LockActor.Module("human"));
        Assert.Throws<ArgumentException>(() => LockActor.Module("master"));
    }

    [Fact]
    public void Locks_that_are_written_read_as_they_were()
    {
        var book = new LockBook(
            [new(Interface, "auth", LockLevel.Critical, ["auth", "web"], "Über alles \"gilt\" <das>.", new(2026, 11, 25, 9, 30, 0, TimeSpan.Zero))],
            [new(DateTimeOffset.UnixEpoch, "human", Interface, LockLevel.Locked, null, "gone")]);
        contracts.Write("locks.json", book.ToJson());

        var read = contracts.Read().Locks;

        Assert.True(book.Locks[0].IsSameAs(Assert.Single(read.Locks)));
        Assert.Equal(book.Audit, read.Audit);
    }
}
