using System.CommandLine;
using Muster.Artefacts;
using Muster.Reports;
using Muster.Runs;

namespace Muster.Cli;

/// <summary><c>muster show</c>: a run's steps, or one task with its file.</summary>
internal static class ShowCommand
{
    private const int MostListed = 200;

    public static Command Create()
    {
        var what = new Argument<string[]>("RUN | TASK") { Description = "A run, a task or synthesis of the newest run, or both.", Arity = new(0, 2) };
        var (runs, json) = (SharedOptions.Runs(), SharedOptions.Json());
        var command = new Command("show", "Show a run's steps, or one task: its attempts with their prompts and logs, what it found, and its file.\n\nExample: muster show sec-1") { what, runs, json };
        command.SetAction(args =>
        {
            var (directory, task) = Resolve(RunsRoot.Resolve(args.GetValue(runs)), args.GetValue(what) ?? []);
            using var reader = RunReader.Open(directory);
            if (task is null)
            {
                ShowRun(reader.Run, directory, args.GetValue(json));
            }
            else
            {
                var view = new TaskView(reader, directory, IndexOf(reader.Run, task));
                if (args.GetValue(json))
                {
                    RunJson.Write(Console.Out, view.WriteJson);
                }
                else
                {
                    view.Print(Console.Out);
                }
            }

            return ExitCode.Complete;
        });
        return command;
    }

    /// <summary>One word is a run if a run begins with it, else a task of the newest run.</summary>
    private static (RunDirectory Directory, string? Task) Resolve(string root, string[] words) => words switch
    {
        [] => (RunsRoot.Find(root, null), null),
        [var run, var task] => (RunsRoot.Find(root, run), task),
        [var word] when word is "last" || word.Contains(Path.DirectorySeparatorChar) && Directory.Exists(word)
            || RunsRoot.All(root).Any(d => Path.GetFileName(d).StartsWith(word, StringComparison.Ordinal)) => (RunsRoot.Find(root, word), null),
        [var word] => (RunsRoot.Find(root, null), word),
        _ => throw new InvalidOperationException("At most two words are parsed."),
    };

    private static int IndexOf(RunState run, string task)
    {
        foreach (var key in (ReadOnlySpan<string>)[$"worker/{task}", $"synthesis/{task}", task])
        {
            if (run.Table.IndexOf(key) is >= 0 and var index)
            {
                return index;
            }
        }

        throw CliException.NoSuchTask(ReportText.Line(task, 80), run.Header.RunId);
    }

    private static void ShowRun(RunState run, RunDirectory directory, bool json)
    {
        if (json)
        {
            RunJson.Write(Console.Out, writer =>
            {
                writer.WriteStartObject();
                RunJson.Head(writer, run, directory);
                CostView.Write(writer, CostReport.Of(run));
                writer.WriteStartArray("steps");
                for (var i = 0; i < run.Table.Count; i++)
                {
                    writer.WriteStartObject();
                    writer.WriteString("step", run.Table[i].Key);
                    writer.WriteString("status", RunJson.Kebab(run[i].Status.ToString()));
                    writer.WriteNumber("attempts", run[i].Attempt);
                    writer.WriteString("reason", ReportText.Line(run.ReasonOf(i)));
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            });
            return;
        }

        var text = Console.Out;
        text.WriteLine(RunView.Head(run));
        text.WriteLine($"{RunWords.Of(run.Status)}: {run.Census}");
        var order = Enumerable.Range(0, run.Table.Count).OrderBy(i => run[i].Status is StepStatus.Verified ? 1 : 0).Take(MostListed).ToList();
        foreach (var i in order)
        {
            var reason = run.ReasonOf(i) is { } why ? "   " + ReportText.Line(why, 120) : string.Empty;
            text.WriteLine($"  {run.Table[i].Key,-28} {run[i].Status.ToString().ToLowerInvariant(),-9} attempt {run[i].Attempt}{reason}");
        }

        if (run.Table.Count > order.Count)
        {
            text.WriteLine($"  … {run.Table.Count - order.Count:N0} more; '--json' has them all");
        }

        CostView.Print(text, run);
        text.WriteLine($"in {directory.Path}");
        if (order.Count > 0)
        {
            text.WriteLine($"next: muster show {run.Header.RunId} {run.Table[order[0]].Id}");
        }
    }
}
