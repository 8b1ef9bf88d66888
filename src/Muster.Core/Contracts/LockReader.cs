using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Muster.Artefacts;

namespace Muster.Contracts;

/// <summary>Reads locks.json.</summary>
internal sealed class LockReader(ContractProblems problems)
{
    private const int MostLocks = 2_000, MostChanges = 100_000, MostText = 2_000;

    private static readonly string[] Keys = ["version", "locks", "audit"], LockKeys = ["id", "locked_by", "lock_level", "affects", "assertion", "locked_at"],
        ChangeKeys = ["at", "by", "id", "from", "to", "because"];

    private readonly JsonFields json = new(ContractSet.LocksFile, problems);

    /// <summary>What it says.</summary>
    /// <param name="file">The file.</param>
    /// <param name="isModule">Whether a module has this name; null where the modules cannot be read.</param>
    /// <param name="exists">Whether there is a contract of this path.</param>
    /// <returns>Null, and told, where it is damaged: then nobody knows what is locked.</returns>
    public LockBook? Read(Contract file, Func<string, bool>? isModule, Func<string, bool> exists)
    {
        if (JsonTree.Read(Encoding.UTF8.GetBytes(file.Text), ContractSet.LocksFile, problems) is not { } tree
            || json.Fields(tree, Keys, ["locks"], "locks.json") is not { } fields || !fields.TryGetValue("locks", out var list) || list is not JsonPart.List)
        {
            return null;
        }

        json.Version(fields.GetValueOrDefault("version"), file.Text);
        var isWhole = true;
        var locks = new Dictionary<string, ContractLock>(StringComparer.Ordinal);
        foreach (var part in json.Items(list, MostLocks, "locks"))
        {
            if (Lock(part, isModule, exists) is not { } item)
            {
                isWhole = false;
            }
            else if (!locks.TryAdd(item.Id, item))
            {
                json.Error(part, $"'{item.Id}' has two locks.", "Keep one of them.");
                isWhole = false;
            }
        }

        var audit = json.Items(fields.GetValueOrDefault("audit"), MostChanges, "changes").Select(Change).ToList();
        return isWhole && audit.TrueForAll(c => c is not null) ? new([.. locks.Values], [.. audit.OfType<LockChange>()]) : null;
    }

    private ContractLock? Lock(JsonPart part, Func<string, bool>? isModule, Func<string, bool> exists)
    {
        if (json.Fields(part, LockKeys, LockKeys, "a lock") is not { } fields)
        {
            return null;
        }

        var (id, by, level, assertion, at) = (
            json.Text(fields.GetValueOrDefault("id"), MostText), json.Text(fields.GetValueOrDefault("locked_by"), MostText), Level(fields.GetValueOrDefault("lock_level")),
            json.Text(fields.GetValueOrDefault("assertion"), MostText), Time(fields.GetValueOrDefault("locked_at")));
        var affects = json.Items(fields.GetValueOrDefault("affects"), MostLocks, "modules").Select(a => (Name: json.Text(a, MostText), At: a)).Where(a => a.Name is not null).ToList();
        if (id is not null && (id == ContractSet.LocksFile || !exists(id)))
        {
            json.Error(fields["id"], $"There is no contract '{ContractProblems.Shown(id)}' to lock.", "A lock's id is the path of a contract, such as interfaces/auth.interface.md or decisions/001-tokens.md.");
        }

        if (by is not null && by is not ("human" or "master" or "architect") && isModule?.Invoke(by) is false)
        {
            json.Error(fields["locked_by"], $"There is no module '{ContractProblems.Shown(by)}' that could have locked it.", "Name a module, or one of: architect, master, human.");
        }

        foreach (var (name, place) in affects.Where(a => a.Name != "*" && isModule?.Invoke(a.Name!) is false))
        {
            json.Error(place, $"The lock affects '{ContractProblems.Shown(name!)}', and there is no such module.", "Name modules of modules.json, or * for all.");
        }

        if (affects.Count == 0 && fields.TryGetValue("affects", out var none) && none is JsonPart.List { Items.IsEmpty: true })
        {
            json.Error(none, "The lock affects no module, so nobody would be told of it.", "Name modules, or * for all.");
        }

        return id is not null && by is not null && level is not null && assertion is not null && at is not null
            ? new(id, by, level.Value, [.. affects.Select(a => a.Name!)], DisplayText.Clean(assertion), at.Value)
            : null;
    }

    private LockChange? Change(JsonPart part)
    {
        if (json.Fields(part, ChangeKeys, ["at", "by", "id", "because"], "a change") is not { } fields)
        {
            return null;
        }

        var (at, by, id, because) = (Time(fields.GetValueOrDefault("at")), json.Text(fields.GetValueOrDefault("by"), MostText),
            json.Text(fields.GetValueOrDefault("id"), MostText), json.Text(fields.GetValueOrDefault("because"), MostText));
        var (from, to) = (Level(fields.GetValueOrDefault("from")), Level(fields.GetValueOrDefault("to")));
        return at is not null && by is not null && id is not null && because is not null ? new(at.Value, by, id, from, to, DisplayText.Clean(because)) : null;
    }

    private LockLevel? Level(JsonPart? part) =>
        json.Choice(part, "lock level", "unlocked", "locked", "critical") is { } word ? Enum.Parse<LockLevel>(word, ignoreCase: true) : null;

    private DateTimeOffset? Time(JsonPart? part)
    {
        if (json.Text(part, MostText) is not { } text)
        {
            return null;
        }

        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at))
        {
            return at;
        }

        json.Error(part!, $"'{ContractProblems.Shown(text)}' is no time.", "Write it like 2026-11-25T09:30:00Z.");
        return null;
    }
}
