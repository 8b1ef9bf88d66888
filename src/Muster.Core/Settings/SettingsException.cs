using System.Collections.Immutable;
using Muster.Plans;

namespace Muster.Settings;

/// <summary>A file of settings that cannot be used.</summary>
public sealed class SettingsException : MusterException
{
    private SettingsException(string message, string nextStep)
        : base(message, nextStep)
    {
    }

    internal static SettingsException Refused(string path, ImmutableArray<PlanProblem> problems) => new(
        string.Join('\n', problems.Where(p => p.Severity == ProblemSeverity.Error)), $"Mend {path}, or take it away: without it the defaults hold.");
}
