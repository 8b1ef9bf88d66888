using Muster.Artefacts;
using Muster.Contracts;
using Muster.Synthesis;

namespace Muster.Training;

/// <summary>The rules that one pair must keep, beside its form.</summary>
internal sealed class PairRules(TrainingContext context)
{
    private const int LeastTokens = 20, MostTokens = 800;

    private readonly ProjectNames names = new(context);

    /// <summary>What is wrong, each with what to do.</summary>
    /// <param name="pair">The pair.</param>
    /// <param name="isNew">Whether it is about to be written, and so must not have expired.</param>
    public IEnumerable<(string Message, string NextStep)> Broken(TrainingPair pair, bool isNew)
    {
        var tokens = TokenCount.Of(pair.Answer);
        if (tokens is < LeastTokens or > MostTokens)
        {
            yield return ($"The answer has {tokens:N0} tokens.", $"Write {LeastTokens} to {MostTokens}.");
        }

        if (!names.StandIn(pair.Answer, pair.SourceRefs))
        {
            yield return ("The answer has no name of this project, so it teaches nothing about it.", "Name the module, the file or the project that it speaks of.");
        }

        if (pair.SourceRefs.IsEmpty)
        {
            yield return ("The pair rests on no source.", "Name at least one file in 'source_refs'.");
        }

        foreach (var source in pair.SourceRefs)
        {
            if (TrainingSource.WhyNot(context.Root, source) is { } why)
            {
                yield return ($"The source '{ContractProblems.Shown(source)}' cannot be used: it {why}.", "Name a file of the project, relative to its root, with or without ':line'.");
            }
        }

        foreach (var module in pair.ModulesReferenced.Where(m => !context.Modules.Contains(m)))
        {
            yield return ($"The pair references '{ContractProblems.Shown(module)}', and there is no such module.", "Name modules of modules.json.");
        }

        foreach (var conflict in context.OpenConflicts.Where(c => pair.ModulesReferenced.Contains(c.Module) || pair.SourceRefs.Any(s => c.Paths.Contains(TrainingSource.PathOf(s)))))
        {
            yield return ($"The pair touches an open conflict of module '{ContractProblems.Shown(conflict.Module)}': what it says may soon be false.", "Write it when the conflict is decided.");
        }

        if (new[] { pair.System, pair.Question, pair.Answer }.Any(t => t is not null && SecretMask.Apply(t) != t))
        {
            yield return ("The pair has a secret in it.", "Leave the secret out; what was committed has to be renewed too.");
        }

        if (isNew && pair.IsExpired(context.Today))
        {
            yield return ($"The pair expired on {pair.ExpiresAt:yyyy-MM-dd}.", "Give it a day to come, or null.");
        }
    }
}
