using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Muster.Runs;

namespace Muster.Journal;

/// <summary>The events' names and versions on disk. A name or shape that was once written can always be read.</summary>
internal static class EventCodec
{
    /// <summary>Raised when a shape changes; the reader upcasts what is older.</summary>
    public const int CurrentVersion = 1;

    private static readonly FrozenDictionary<Type, (string Name, JsonTypeInfo Shape)> ByType = Shapes().ToFrozenDictionary(
        s => s.Shape.Type, s => s);

    private static readonly FrozenDictionary<string, JsonTypeInfo> ByName = Shapes().ToFrozenDictionary(
        s => s.Name, s => s.Shape, StringComparer.Ordinal);

    public static string NameOf(RunEvent e) => ByType[e.GetType()].Name;

    public static byte[] Write(RunEvent e) => JsonSerializer.SerializeToUtf8Bytes(e, ByType[e.GetType()].Shape);

    /// <exception cref="JournalException">The name or version is newer than this program, or the body is damaged.</exception>
    public static RunEvent Read(string path, long position, string name, int version, ReadOnlySpan<byte> body)
    {
        if (version > CurrentVersion || !ByName.TryGetValue(name, out var shape))
        {
            throw JournalException.Newer(path, $"entry {position} of kind '{name}' in version {version}");
        }

        try
        {
            return JsonSerializer.Deserialize(body, shape) as RunEvent
                ?? throw JournalException.Damaged(path, $"entry {position} is empty");
        }
        catch (JsonException e)
        {
            throw JournalException.Damaged(path, $"entry {position} ('{name}') cannot be read", e);
        }
    }

    private static IEnumerable<(string Name, JsonTypeInfo Shape)> Shapes()
    {
        var shapes = EventShapes.Default;
        return
        [
            ("run-planned", shapes.RunPlanned),
            ("engine-started", shapes.EngineStarted),
            ("attempt-started", shapes.AttemptStarted),
            ("reserve-raised", shapes.ReserveRaised),
            ("attempt-ended", shapes.AttemptEnded),
            ("attempt-verified", shapes.AttemptVerified),
            ("attempt-failed", shapes.AttemptFailed),
            ("attempt-lost", shapes.AttemptLost),
            ("attempt-discarded", shapes.AttemptDiscarded),
            ("attempt-undecided", shapes.AttemptUndecided),
            ("step-skipped", shapes.StepSkipped),
            ("step-reset", shapes.StepReset),
            ("step-reused", shapes.StepReused),
            ("agent-stopped", shapes.AgentStopped),
            ("agent-allowed", shapes.AgentAllowed),
            ("capacity-changed", shapes.CapacityChanged),
            ("run-paused", shapes.RunPaused),
            ("run-continued", shapes.RunContinued),
            ("limits-changed", shapes.LimitsChanged),
            ("plan-amended", shapes.PlanAmended),
            ("step-added", shapes.StepAdded),
            ("gate-opened", shapes.GateOpened),
            ("gate-decided", shapes.GateDecided),
            ("run-cancelled", shapes.RunCancelled),
            ("run-finished", shapes.RunFinished),
        ];
    }
}
