using System.Collections.Immutable;
using Muster.Plans;

namespace Muster.Settings;

/// <summary>A file of settings that cannot be used.</summary>
public sealed class SettingsException : MusterException
{
    private SettingsException(string message, string nextStep, Exception? inner = null)
        : base(message, nextStep, inner)
    {
    }

    /// <summary>Whether a file of a tree cannot be read, which somebody else may have put there.</summary>
    public bool IsOfTree { get; private init; }

    internal static SettingsException Refused(string path, ImmutableArray<PlanProblem> problems) => new(
        string.Join('\n', problems.Where(p => p.Severity == ProblemSeverity.Error)), $"Mend {path}, or take it away: without it the defaults hold.");

    internal static SettingsException TreeRefused(string path, ImmutableArray<PlanProblem> problems) => new(
        string.Join('\n', problems.Where(p => p.Severity == ProblemSeverity.Error)),
        $"A tree's file may name models of tiers and limits, nothing else. Mend {path}, or put what is yours into your own settings.");

    internal static SettingsException TreeFileUnreadable(string path, string why) => new(
        $"{path} cannot be read: {why.TrimEnd('.')}.", "Mend it, or take it away.")
    { IsOfTree = true };

    internal static SettingsException ApprovalsUnreadable(string path, Exception inner) => new(
        $"What you approved cannot be read from {path}: {inner.Message.TrimEnd('.')}.", "Take the file away and approve again with 'muster trust'.", inner);
}
