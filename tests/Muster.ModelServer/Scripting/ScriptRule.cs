using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Muster.Loopback.Scripting;

/// <summary>What the tasks that match do.</summary>
/// <param name="Pattern">Over the task's name and the path of its file, or, where there is no task, over the user's text.</param>
/// <param name="Steps">Instead of the rehearsal's; default: the rehearsal's.</param>
/// <param name="At">Turn that <paramref name="Conditions"/> hold for, from 0.</param>
/// <param name="Conditions">Faults, delay, usage and stop reason of that turn; null: none.</param>
internal sealed record ScriptRule(Regex Pattern, ImmutableArray<ScriptedStep> Steps, int At, ScriptedStep? Conditions);
