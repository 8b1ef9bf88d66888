using System.CommandLine;
using Muster.Artefacts;
using Muster.Contracts;
using Muster.Settings;

namespace Muster.Cli;

/// <summary><c>muster locks</c>: who may change which contract; a person sets a lock, from a terminal.</summary>
internal static class LocksCommand
{
    public static Command Create()
    {
        var directory = ContractsCommand.Directory();
        var json = SharedOptions.Json();
        var set = new Option<(string Id, LockLevel Level)?>("--set") { Description = "Set the lock of a contract: unlocked, locked or critical.", HelpName = "ID=LEVEL", CustomParser = Parse };
        var because = new Option<string?>("--because") { Description = "Why; it stands in the audit trail.", HelpName = "TEXT" };
        var assertion = new Option<string?>("--assertion") { Description = "What builders must do; needed for a new lock.", HelpName = "TEXT" };
        var affects = new Option<string[]>("--affects") { Description = "Module that must keep to it, or * for all; needed for a new lock, may be repeated.", HelpName = "MODULE" };
        var command = new Command("locks", "Show who may change which contract, or set a lock as a person.\n\nExample: muster locks --set interfaces/auth.interface.md=critical --because \"clients are out\"")
        {
            directory, set, because, assertion, affects, json,
        };
        command.SetAction(args =>
        {
            var path = Checkout.Directory(args.GetValue(directory), "contracts");
            var contracts = ContractSet.Read(path);
            if (args.GetValue(set) is var (id, level))
            {
                RequirePerson();
                var why = args.GetValue(because) ?? throw CliException.NoReason();
                Set(path, contracts, contracts.WithLock(id, level, LockActor.Human, TimeProvider.System.GetUtcNow(), why, args.GetValue(assertion), [.. args.GetValue(affects) ?? []]));
                contracts = ContractSet.Read(path);
            }

            contracts.RequireLocks();
            if (args.GetValue(json))
            {
                Write(contracts.Locks);
            }
            else
            {
                Print(contracts.Locks);
            }

            return ExitCode.Complete;
        });
        return command;
    }

    private static void RequirePerson()
    {
        if (PersonCheck.WhyAgent(Environment.GetEnvironmentVariable) is { } why)
        {
            throw CliException.NoPersonForLocks(why);
        }

        if (Console.IsInputRedirected || Console.IsOutputRedirected)
        {
            throw CliException.NoPersonForLocks("has no terminal");
        }
    }

    private static void Set(string path, ContractSet contracts, LockBook book)
    {
        var change = book.Audit[^1];
        var now = book.Find(change.Id)!;
        Console.Out.WriteLine(DisplayText.Clean(
            $"{change.Id}: {(change.From is { } from ? RunJson.Kebab(from.ToString()) : "no lock")} → {RunJson.Kebab(now.Level.ToString())}, affects {string.Join(", ", now.Affects)}\n  {now.Assertion}"));
        Console.Out.Write("Set this lock? Type yes: ");
        if (Console.ReadLine()?.Trim() is not "yes")
        {
            throw CliException.NotConfirmed();
        }

        if (ContractSet.Read(path).Find(ContractSet.LocksFile)?.Stamp != contracts.Find(ContractSet.LocksFile)?.Stamp)
        {
            throw CliException.LocksChanged();
        }

        book.WriteTo(path);
    }

    private static (string, LockLevel)? Parse(System.CommandLine.Parsing.ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : string.Empty;
        if (text.LastIndexOf('=') is > 0 and var at && Enum.TryParse<LockLevel>(text[(at + 1)..], ignoreCase: true, out var level) && !char.IsDigit(text[at + 1]))
        {
            return (text[..at], level);
        }

        result.AddError("--set takes ID=LEVEL, where LEVEL is unlocked, locked or critical");
        return null;
    }

    private static void Print(LockBook book)
    {
        foreach (var item in book.Locks)
        {
            Console.Out.WriteLine(DisplayText.Clean($"{item.Id}   {RunJson.Kebab(item.Level.ToString())} by {item.LockedBy} since {item.LockedAt:yyyy-MM-dd}   affects {string.Join(", ", item.Affects)}"));
            Console.Out.WriteLine("  " + ReportText.Line(item.Assertion));
        }

        if (book.Locks.IsEmpty)
        {
            Console.Out.WriteLine("There is no lock.");
        }
    }

    private static void Write(LockBook book) => RunJson.Write(Console.Out, json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("locks");
        foreach (var item in book.Locks)
        {
            json.WriteStartObject();
            json.WriteString("id", item.Id);
            json.WriteString("lockedBy", item.LockedBy);
            json.WriteString("level", RunJson.Kebab(item.Level.ToString()));
            json.WriteStartArray("affects");
            item.Affects.ToList().ForEach(json.WriteStringValue);
            json.WriteEndArray();
            json.WriteString("assertion", ReportText.Line(item.Assertion));
            json.WriteString("lockedAt", item.LockedAt);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("audit");
        foreach (var change in book.Audit)
        {
            json.WriteStartObject();
            json.WriteString("at", change.At);
            json.WriteString("by", change.By);
            json.WriteString("id", change.Id);
            json.WriteString("from", Word(change.From));
            json.WriteString("to", Word(change.To));
            json.WriteString("because", ReportText.Line(change.Because));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static string? Word(LockLevel? level) => level is { } known ? RunJson.Kebab(known.ToString()) : null;
}
