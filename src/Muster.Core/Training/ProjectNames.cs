using System.Collections.Immutable;

namespace Muster.Training;

/// <summary>Whether an answer speaks of this project at all: it has a name that only this project has.</summary>
internal sealed class ProjectNames(TrainingContext context)
{
    private readonly ImmutableArray<string> names = [.. context.Modules.Concat(context.Names).Append(context.Project).Where(n => n.Length > 0)];

    /// <summary>Whether one of the names stands in a text as a word: the project, its modules, or the files that it rests on.</summary>
    public bool StandIn(string text, ImmutableArray<string> sources) => names.Concat(sources.SelectMany(OfFile)).Any(name => IsIn(text, name));

    /// <summary>A file's name, and without its ending where that is no everyday word.</summary>
    private static IEnumerable<string> OfFile(string source)
    {
        var file = TrainingSource.PathOf(source).Split('/')[^1];
        yield return file;
        var stem = file.Split('.')[0];
        if (stem.AsSpan().ContainsAny("-_") || stem.Skip(1).Any(char.IsAsciiLetterUpper))
        {
            yield return stem;
        }
    }

    private static bool IsIn(string text, string name)
    {
        for (var at = text.IndexOf(name, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(name, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            var end = at + name.Length;
            if ((at == 0 || !char.IsLetterOrDigit(text[at - 1])) && (end == text.Length || !char.IsLetterOrDigit(text[end])))
            {
                return true;
            }
        }

        return false;
    }
}
