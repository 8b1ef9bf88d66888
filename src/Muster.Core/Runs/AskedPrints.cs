namespace Muster.Runs;

/// <summary>What the latest attempt of each step was asked, as a fingerprint.</summary>
/// <remarks>
/// A worker that comes after no other is asked what its row says, unless its plan was edited since: of a million of them only the others
/// are held. A coordinator's always has its inputs in it, so each has a place.
/// </remarks>
internal sealed class AskedPrints(StepTable table)
{
    private readonly Dictionary<int, Hash256> workers = [];
    private readonly Hash256[] coordinators = new Hash256[table.Count - table.WorkerCount];

    /// <summary>The fingerprint of one step; a worker's row's own, or zero, before its first attempt.</summary>
    public Hash256 this[int step]
    {
        get => step >= table.WorkerCount ? coordinators[step - table.WorkerCount]
            : workers.TryGetValue(step, out var asked) ? asked
            : table[step].Fingerprint;
        set
        {
            if (step >= table.WorkerCount)
            {
                coordinators[step - table.WorkerCount] = value;
            }
            else if (value == table[step].Fingerprint)
            {
                workers.Remove(step);
            }
            else
            {
                workers[step] = value;
            }
        }
    }
}
