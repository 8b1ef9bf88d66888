using System.Collections.Immutable;
using System.Text;
using Muster.Artefacts;
using Muster.Contracts;

namespace Muster.Training;

/// <summary>A project's training pairs: the JSONL files of <c>.orchestration/training</c>. One writer at a time.</summary>
/// <param name="directory">Absolute path.</param>
public sealed class TrainingStore(string directory)
{
    /// <summary>The id that the next pair gets: one more than the highest there is.</summary>
    /// <exception cref="TrainingException">A file there is damaged.</exception>
    public int NextId => Read().Select(p => p.Id).DefaultIfEmpty(0).Max() + 1;

    /// <summary>All pairs, by id.</summary>
    /// <exception cref="TrainingException">A file there is damaged.</exception>
    public ImmutableArray<TrainingPair> Read()
    {
        var problems = new ContractProblems();
        ImmutableArray<TrainingPair> pairs = [.. FilesIn(directory).SelectMany(name => TrainingFile.Read(directory, name, problems)).Select(p => p.Pair).OrderBy(p => p.Id)];
        return problems.Any ? throw TrainingException.Damaged(directory, problems.ToSorted()) : pairs;
    }

    /// <summary>Takes the good pairs of a file that an agent wrote, masks secrets, numbers the pairs anew and adds them. Doing it twice adds them once.</summary>
    /// <param name="name">File that takes them: <c>bootstrap.jsonl</c>, <c>auth.jsonl</c>.</param>
    /// <param name="file">Absolute path of the agent's file.</param>
    /// <param name="context">What they are checked against.</param>
    /// <exception cref="TrainingException">A file of the project is damaged, or the new one cannot be written.</exception>
    public TrainingAppended Append(string name, string file, TrainingContext context)
    {
        if (!TrainingFile.IsName(name))
        {
            throw TrainingException.BadName(name);
        }

        var (problems, rules, phrasings) = (new ContractProblems(), new PairRules(context), new FactPhrasings());
        var there = Read();
        var known = there.Select(p => (p.Question, p.Answer)).ToHashSet();
        foreach (var pair in there)
        {
            phrasings.TryAdd(pair);
        }

        var added = new List<TrainingPair>();
        var (next, twice) = (there.Select(p => p.Id).DefaultIfEmpty(0).Max() + 1, 0);
        foreach (var (line, written) in TrainingFile.Read(Path.GetDirectoryName(Path.GetFullPath(file))!, Path.GetFileName(file), problems))
        {
            var pair = Redacted(written);
            if (known.Contains((pair.Question, pair.Answer)))
            {
                twice++;
            }
            else if (rules.Broken(pair, isNew: true).ToList() is var broken && TrainingCheck.Tell(broken, broken.Count > 0 || phrasings.TryAdd(pair), Path.GetFileName(file), line, problems))
            {
                known.Add((pair.Question, pair.Answer));
                added.Add(pair with { Id = next++ });
            }
        }

        if (added.Count > 0)
        {
            Write(name, added);
        }

        return new(added.Count, twice, problems.ToSorted());
    }

    /// <summary>Names of the files of pairs in a directory, in order; links and what is named otherwise are passed over.</summary>
    internal static ImmutableArray<string> FilesIn(string directory)
    {
        var at = new DirectoryInfo(directory);
        return at.Exists && at.LinkTarget is null ? [.. at.EnumerateFiles("*.jsonl").Select(f => f.Name).Where(TrainingFile.IsName).Order(StringComparer.Ordinal)] : [];
    }

    private static TrainingPair Redacted(TrainingPair pair) => pair with
    {
        System = pair.System is null ? null : SecretMask.Apply(pair.System),
        Question = SecretMask.Apply(pair.Question),
        Answer = SecretMask.Apply(pair.Answer),
    };

    private void Write(string name, IEnumerable<TrainingPair> added)
    {
        var old = Path.Exists(Path.Combine(directory, name)) ? BeneathText.TryRead(directory, name, TrainingFile.MostBytes, out _) ?? [] : [];
        var end = old.Length > 0 && old[^1] != '\n' ? "\n" : string.Empty;
        byte[] content = [.. old, .. Encoding.UTF8.GetBytes(end + string.Concat(added.Select(p => p.ToJson() + "\n")))];
        if (content.Length > TrainingFile.MostBytes)
        {
            throw TrainingException.NotWritten(name, $"it would have more than {TrainingFile.MostBytes:N0} bytes");
        }

        if (BeneathText.TryWrite(directory, name, content) is { } why)
        {
            throw TrainingException.NotWritten(name, why);
        }
    }
}
