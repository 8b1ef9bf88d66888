using System.CommandLine;
using Muster.Artefacts;
using Muster.Journal;

namespace Muster.Cli;

/// <summary><c>muster backup</c>: a copy of a run, also of a live one.</summary>
internal static class BackupCommand
{
    public static Command Create()
    {
        var target = new Argument<string>("DIR") { Description = "A directory that does not exist yet." };
        var run = new Option<string?>("--run") { Description = "Id of a run or the beginning of one; the newest when left out.", HelpName = "RUN" };
        var (runs, json) = (SharedOptions.Runs(), SharedOptions.Json());
        var command = new Command("backup", "Copy a run, also while it is driven.\n\nExample: muster backup /backups/monday --run 20261123") { target, run, runs, json };
        command.SetAction(args =>
        {
            var directory = RunsRoot.Find(RunsRoot.Resolve(args.GetValue(runs)), args.GetValue(run));
            var to = Path.GetFullPath(args.GetRequiredValue(target));
            if (Path.Exists(to))
            {
                throw CliException.Exists(to);
            }

            var files = Try(directory, to);
            if (args.GetValue(json))
            {
                RunJson.Write(Console.Out, writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("run", directory.RunId);
                    writer.WriteString("directory", Path.Combine(to, directory.RunId));
                    writer.WriteNumber("files", files);
                    writer.WriteEndObject();
                });
            }
            else
            {
                Console.Out.WriteLine($"{directory.RunId}: {files:N0} files in {to}; read it with 'muster show --runs {to}'.");
            }

            return ExitCode.Complete;
        });
        return command;
    }

    /// <summary>The whole copy or nothing.</summary>
    private static int Try(RunDirectory directory, string to)
    {
        using var journal = SqliteJournal.OpenReader(directory.Journal);
        try
        {
            return Copy(journal, directory, Path.Combine(to, directory.RunId));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JournalException)
        {
            if (Directory.Exists(to))
            {
                Directory.Delete(to, recursive: true); // It did not exist before.
            }

            throw CliException.NotCopied(to, e);
        }
    }

    /// <summary>The journal first: published files are only ever added to what it seals.</summary>
    private static int Copy(SqliteJournal journal, RunDirectory from, string to)
    {
        Directory.CreateDirectory(to);
        journal.BackUpTo(Path.Combine(to, "run.db"));
        return 1 + RunFiles.Copy(from, to);
    }
}
