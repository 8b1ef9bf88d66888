using System.Text.Json.Serialization;
using Muster.Runs;

namespace Muster.Journal;

/// <summary>Source-generated readers and writers of the events' JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    RespectRequiredConstructorParameters = false)]
[JsonSerializable(typeof(RunEvent.RunPlanned))]
[JsonSerializable(typeof(RunEvent.EngineStarted))]
[JsonSerializable(typeof(RunEvent.AttemptStarted))]
[JsonSerializable(typeof(RunEvent.ReserveRaised))]
[JsonSerializable(typeof(RunEvent.AttemptEnded))]
[JsonSerializable(typeof(RunEvent.AttemptVerified))]
[JsonSerializable(typeof(RunEvent.AttemptFailed))]
[JsonSerializable(typeof(RunEvent.AttemptLost))]
[JsonSerializable(typeof(RunEvent.AttemptDiscarded))]
[JsonSerializable(typeof(RunEvent.AttemptUndecided))]
[JsonSerializable(typeof(RunEvent.StepSkipped))]
[JsonSerializable(typeof(RunEvent.StepReset))]
[JsonSerializable(typeof(RunEvent.StepReused))]
[JsonSerializable(typeof(RunEvent.AgentStopped))]
[JsonSerializable(typeof(RunEvent.AgentAllowed))]
[JsonSerializable(typeof(RunEvent.CapacityChanged))]
[JsonSerializable(typeof(RunEvent.RunPaused))]
[JsonSerializable(typeof(RunEvent.RunContinued))]
[JsonSerializable(typeof(RunEvent.LimitsChanged))]
[JsonSerializable(typeof(RunEvent.PlanAmended))]
[JsonSerializable(typeof(RunEvent.StepAdded))]
[JsonSerializable(typeof(RunEvent.GateOpened))]
[JsonSerializable(typeof(RunEvent.GateDecided))]
[JsonSerializable(typeof(RunEvent.RunCancelled))]
[JsonSerializable(typeof(RunEvent.RunFinished))]
[JsonSerializable(typeof(RunHeader))]
internal sealed partial class EventShapes : JsonSerializerContext;
