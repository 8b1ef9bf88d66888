using Muster.Runs;

namespace Muster.Cli;

/// <summary>For programs: nothing but what a person must know at once, on stderr.</summary>
internal sealed class QuietProgress : Progress
{
    public override Task StopAsync() => Task.CompletedTask;

    protected override void Begin(RunState run)
    {
        // Only the result is printed.
    }

    protected override void Tell(string problem)
    {
        // The result has them all.
    }

    protected override void Look(RunState run)
    {
        // Likewise.
    }
}
