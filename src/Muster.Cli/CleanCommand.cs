using System.CommandLine;
using Muster.Artefacts;
using Muster.Plans;
using Muster.Runs;

namespace Muster.Cli;

/// <summary><c>muster clean</c>: removes old runs.</summary>
internal static class CleanCommand
{
    private static readonly TimeSpan DefaultAge = TimeSpan.FromDays(30);

    public static Command Create()
    {
        var (run, runs, json) = (SharedOptions.Run(), SharedOptions.Runs(), SharedOptions.Json());
        var older = new Option<TimeSpan?>("--older-than")
        {
            Description = "Runs whose last event is older than this; 30d when left out.",
            HelpName = "AGE",
            CustomParser = result =>
            {
                if (Duration.TryParse(result.Tokens[0].Value, out var span))
                {
                    return span;
                }

                result.AddError($"'{result.Tokens[0].Value}' is no age like 12h or 30d");
                return default;
            },
        };
        var dry = new Option<bool>("--dry-run") { Description = "Only tell what would be removed." };
        var force = new Option<bool>("--force") { Description = "With RUN: also one that has not ended or cannot be read." };
        var command = new Command("clean", "Remove a run, or all of some age that have finished or were cancelled.\n\nExample: muster clean --older-than 7d --dry-run") { run, older, dry, force, runs, json };
        command.SetAction(args =>
        {
            var root = RunsRoot.Resolve(args.GetValue(runs));
            var named = args.GetValue(run);
            IReadOnlyList<string> doomed = named is not null
                ? [Named(RunsRoot.Find(root, named), args.GetValue(force))]
                : [.. RunsRoot.All(root).Where(path => IsOld(path, args.GetValue(older) ?? DefaultAge))];
            foreach (var path in doomed)
            {
                if (!args.GetValue(dry))
                {
                    Directory.Delete(path, recursive: true);
                }

                if (!args.GetValue(json))
                {
                    Console.Out.WriteLine($"{(args.GetValue(dry) ? "would remove" : "removed")} {path}");
                }
            }

            if (args.GetValue(json))
            {
                RunJson.Write(Console.Out, writer =>
                {
                    writer.WriteStartArray();
                    doomed.ToList().ForEach(writer.WriteStringValue);
                    writer.WriteEndArray();
                });
            }
            else if (doomed.Count == 0)
            {
                Console.Out.WriteLine("Nothing to remove.");
            }

            return ExitCode.Complete;
        });
        return command;
    }

    private static string Named(RunDirectory directory, bool force)
    {
        if (HostLock.IsHeld(directory.Path))
        {
            throw CliException.Driven(directory.RunId);
        }

        if (HostLock.HasKeeper(directory.Path))
        {
            throw CliException.Kept(directory.RunId);
        }

        if (!force)
        {
            RequireEnded(directory);
        }

        return directory.Path;
    }

    private static void RequireEnded(RunDirectory directory)
    {
        try
        {
            using var reader = RunReader.Open(directory);
            if (!reader.Run.IsFinished && reader.Run.Status is not RunStatus.Cancelled)
            {
                throw CliException.NotFinished(directory.RunId, RunWords.Of(reader.Run.Status).ToLowerInvariant());
            }
        }
        catch (MusterException e) when (e is not CliException)
        {
            throw CliException.UnreadableRun(directory.RunId, e.Message);
        }
    }

    private static bool IsOld(string path, TimeSpan age)
    {
        try
        {
            using var reader = RunReader.Open(RunDirectory.Open(path));
            return (reader.Run.IsFinished || reader.Run.Status is RunStatus.Cancelled) && TimeProvider.System.GetUtcNow() - reader.Run.LastAt > age && !HostLock.IsHeld(path) && !HostLock.HasKeeper(path);
        }
        catch (MusterException)
        {
            return false; // What cannot be read is not removed unasked.
        }
    }
}
