namespace Muster.Runs;

/// <summary>Running counts of steps: of a run's workers, of a domain's, or of the coordinators.</summary>
internal sealed class Tally
{
    public int Planned { get; set; }

    public int Launched { get; set; }

    public int Verified { get; set; }

    public int Failed { get; set; }

    public int Skipped { get; set; }

    public Census ToCensus() => new(Planned, Launched, Verified, Failed, Skipped);

    public void Count(StepStatus final, int by)
    {
        switch (final)
        {
            case StepStatus.Verified:
                Verified += by;
                break;
            case StepStatus.Failed:
                Failed += by;
                break;
            case StepStatus.Skipped:
                Skipped += by;
                break;
        }
    }
}
