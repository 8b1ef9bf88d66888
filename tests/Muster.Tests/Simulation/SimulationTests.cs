using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using Muster.Runs;

namespace Muster.Tests.Simulation;

/// <summary>
/// The promises under faults 6, 16, 17, 32, 33, 35, 36, 38 to 43, 45, 47, 51, 52, 61, 62, 64, 84, 85 and 87: killed engines, lost, late
/// and doubled reports, a journal that is full or does not answer, changed files, edited plans, a person who cancels and retries, a wall
/// clock that jumps, timers that are late, a second engine.
/// </summary>
public sealed class SimulationTests
{
    private static int Seeds => Number("MUSTER_SEEDS") ?? 2_000;

    private static int FirstSeed => Number("MUSTER_FIRST_SEED") ?? 0;

    [Fact]
    public void No_promise_is_broken_whatever_fails_and_every_run_ends() =>
        Parallel.For(FirstSeed, FirstSeed + Seeds, seed => SimulatedRun.Go(seed));

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        var (first, second) = (SimulatedRun.Go(7), SimulatedRun.Go(7));

        Assert.Equal((first.Version, first.Spent, first.Census), (second.Version, second.Spent, second.Census));
    }

    [Fact]
    public void A_broken_promise_is_told_with_its_seed()
    {
        var error = Assert.Throws<SimulationException>(() => SimulatedRun.Go(7, plant => plant with { Launch = (_, _) => [] }));

        Assert.StartsWith("Seed 7: ", error.Message, StringComparison.Ordinal);
    }

    /// <summary>What the simulation never meets it cannot judge.</summary>
    [Fact]
    public void The_simulation_meets_every_event_every_pause_and_every_class_of_failure()
    {
        var seen = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        Parallel.For(0, 400, seed => SimulatedRun.Go(seed, journaled: entry =>
        {
            seen[entry.Event.GetType().Name] = true;
            seen[entry.Event switch
            {
                RunEvent.RunPaused e => $"paused {e.Kind}",
                RunEvent.AttemptFailed e => $"failed {e.Class}",
                _ => "other",
            }] = true;
        }));
        var expected = typeof(RunEvent).GetNestedTypes(BindingFlags.Public).Where(t => t.IsSubclassOf(typeof(RunEvent))).Select(t => t.Name)
            .Except([nameof(RunEvent.StepAdded), nameof(RunEvent.GateOpened), nameof(RunEvent.GateDecided)]) // A build's: BuildWorkflowTests.
            .Concat(Enum.GetNames<FailureClass>().Select(c => $"failed {c}"))
            .Concat(Enum.GetNames<PauseKind>().Where(k => k is not (nameof(PauseKind.Poison) or nameof(PauseKind.Gate))).Select(k => $"paused {k}")); // Poison: CrashTests.
        Assert.Empty(expected.Except(seen.Keys));
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}
