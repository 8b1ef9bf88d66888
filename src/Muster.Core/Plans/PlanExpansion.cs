using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Muster.Runs;

namespace Muster.Plans;

/// <summary>Makes one task of each item. Holds a hash an item, so that a repeated one is found among a million.</summary>
internal sealed class PlanExpansion(Plan plan)
{
    private const int MostProblems = 20;
    private const int HashDigits = 8, LongHashDigits = 16;

    private readonly ProblemList problems = new(plan.FileName);
    private readonly HashSet<UInt128> ids = [];
    private readonly Dictionary<string, (IReadOnlyList<string> Ids, PlanText At)> after = new(StringComparer.Ordinal);
    private int count;
    private int faults;
    private bool isBroken;

    public IEnumerable<TaskSpec> Tasks()
    {
        foreach (var task in plan.Domains.SelectMany(domain => domain.Tasks))
        {
            foreach (var spec in task.Items is null ? Single(task) : Repeated(task, task.Items))
            {
                if (++count > Plan.MaxTasks)
                {
                    problems.Error(task.At, $"The plan has more than {Plan.MaxTasks:N0} tasks.", "Split it into several plans.");
                    throw PlanException.Refused(problems.ToSorted());
                }

                yield return spec;
            }
        }

        PlanGraph.Check(after, id => ids.Contains(HashOf(id)), problems);
        if (count == 0 && !problems.HasErrors)
        {
            problems.Error(0, 0, "The plan has no task.", "Add tasks, or items for its 'foreach'.");
        }

        if (faults > MostProblems)
        {
            problems.Error(0, 0, $"There are {faults - MostProblems:N0} more faults in items.", "Mend these first, then check again.");
        }

        if (problems.HasErrors)
        {
            throw PlanException.Refused(problems.ToSorted());
        }
    }

    private IEnumerable<TaskSpec> Single(PlanTask task) => Admit(Rendered(task, null, count + 1), task, null) is { } spec ? [spec] : [];

    private IEnumerable<TaskSpec> Repeated(PlanTask task, ItemSource source)
    {
        var seen = new HashSet<ulong>();
        var number = 0;
        foreach (var item in Guarded(task, source))
        {
            number++;
            if (!seen.Add((ulong)HashOf(item.Text)) && FirstLineOf(item, source) is { } first)
            {
                Fault(source.Name, item.Line, $"The item stands at line {first} already.", "Keep one of them: each item is one task.");
                continue;
            }

            if (Of(task, source, item, number) is { } spec)
            {
                yield return spec;
            }
        }

        if (number == 0 && !isBroken)
        {
            problems.Error(task.At, $"'{source.Name}' gives no item.", "Correct the pattern or file; a 'foreach' over nothing is refused.");
        }
    }

    /// <summary>Where an item stands for the first time; null when that is here, and only the short hash is another's.</summary>
    /// <remarks>Reads the source again, but not for faults that are only counted.</remarks>
    private int? FirstLineOf(PlanItem item, ItemSource source) =>
        faults >= MostProblems ? 0
        : source.Read().First(other => other.Text == item.Text).Line is var line && line < item.Line ? line : null;

    private TaskSpec? Of(PlanTask task, ItemSource source, PlanItem item, int number)
    {
        try
        {
            return Admit(Rendered(task, item, number), task, item);
        }
        catch (FormatException e)
        {
            Fault(source.Name, item.Line, $"The task cannot be made: it {e.Message}.", "Give every item the field, or take the placeholder out.");
            return null;
        }
    }

    /// <summary>The items, a fault of the file told as a problem.</summary>
    private IEnumerable<PlanItem> Guarded(PlanTask task, ItemSource source)
    {
        using var items = source.Read().GetEnumerator();
        while (true)
        {
            PlanItem item;
            try
            {
                if (!items.MoveNext())
                {
                    yield break;
                }

                item = items.Current;
            }
            catch (Exception e) when (LineOf(e, source) is { } fault)
            {
                isBroken = true;
                Fault(source.Name, fault.Line, $"The line {fault.What}.", "Mend it; every line of the file is one item.");
                yield break;
            }
            catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
            {
                isBroken = true;
                problems.Error(task.At, $"The items in '{source.Name}' cannot be read: {e.Message.TrimEnd('.')}.", "Mend the file that 'foreach' names.");
                yield break;
            }

            yield return item;
        }
    }

    private static (int Line, string What)? LineOf(Exception e, ItemSource source)
    {
        if (e is ItemException item)
        {
            return (item.Line, item.Message);
        }

        if (e is not DecoderFallbackException || source.File is not { } path)
        {
            return null;
        }

        using var stream = File.OpenRead(path);
        return Utf8Fault.Find(stream) is { } at ? (at.Line, $"is not UTF-8 from column {at.Column:0} on") : null;
    }

    private TaskSpec Rendered(PlanTask task, PlanItem? item, int number)
    {
        var template = task.Template;
        ImmutableArray<string> All(ImmutableArray<string> texts) => [.. texts.Select(text => ItemTemplate.Render(text, item, number))];
        var id = item is not null && !template.Id.Contains('{')
            ? WithHash(template.Id, item.Text)
            : ItemTemplate.Render(template.Id, item, number);
        return template with
        {
            Id = id,
            Name = template.Name.Length == 0 ? id : ItemTemplate.Render(template.Name, item, number),
            Task = ItemTemplate.Render(template.Task, item, number),
            Scope = template.Scope.IsEmpty && task.Items is ItemSource.Paths && BatchedAgent.Is(template.Agent) ? [Exactly(item!.Text)] : All(template.Scope),
            Command = All(template.Command),
            After = All(template.After),
        };
    }

    /// <summary>A pattern for one path: what a batched task reads stands in its prompt, so that no scope cannot mean the whole tree.</summary>
    private static string Exactly(string path) => Glob.IsPattern(path) ? string.Concat(path.Select(c => "*?[{\\".Contains(c) ? $"\\{c}" : c.ToString())) : path;

    /// <summary>Keyed by the item, so that a line inserted above changes nothing; two items with one short hash get the long one for the later.</summary>
    private string WithHash(string prefix, string item)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(item)));
        var id = $"{prefix}-{hash[..HashDigits]}";
        return ids.Contains(HashOf(id)) ? $"{prefix}-{hash[..LongHashDigits]}" : id;
    }

    private TaskSpec? Admit(TaskSpec spec, PlanTask task, PlanItem? item)
    {
        var (file, line) = item is null ? (plan.FileName, task.At.Line) : (task.Items!.Name, item.Line);
        if (TaskId.WhyNot(spec.Id) is { } why)
        {
            Fault(file, line, $"'{spec.Id}' cannot be a task's id: {why}.", TaskId.Rule);
            return null;
        }

        if (item is not null && BadScope(spec) is { } bad)
        {
            Fault(file, line, bad.Message, bad.NextStep);
            return null;
        }

        if (!ids.Add(HashOf(spec.Id)))
        {
            Fault(file, line, $"The id '{spec.Id}' is taken by another task, so both would write one file.", "Give each task an id of its own.");
            return null;
        }

        if (!spec.After.IsEmpty)
        {
            after.Add(spec.Id, (spec.After, task.At));
        }

        return spec;
    }

    /// <summary>What an item says is nobody's word yet: a scope made of it may not lead out of the root.</summary>
    private static GlobException? BadScope(TaskSpec spec)
    {
        try
        {
            foreach (var pattern in spec.Scope)
            {
                _ = Glob.Parse(pattern);
            }

            return null;
        }
        catch (GlobException e)
        {
            return e;
        }
    }

    private void Fault(string file, int line, string message, string nextStep)
    {
        if (++faults <= MostProblems)
        {
            problems.Add(new(ProblemSeverity.Error, file, line, 0, message, nextStep));
        }
    }

    private static UInt128 HashOf(string text)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return MemoryMarshal.Read<UInt128>(hash);
    }
}
