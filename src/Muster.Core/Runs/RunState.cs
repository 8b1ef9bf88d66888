using System.Security.Cryptography;

namespace Muster.Runs;

/// <summary>A run as far as its journal has been read: the fold of its entries over its steps.</summary>
/// <remarks>
/// Owned by one loop and evolved in place, since a copy of a million steps for each event would cost more than the work.
/// The fold is deterministic: the same table and entries give the same state on every machine.
/// </remarks>
public sealed partial class RunState
{
    private readonly Dictionary<(int Step, int Attempt), LiveAttempt> live = [];
    private readonly Dictionary<int, long> retryAts = [];
    private readonly Dictionary<int, long> transientWaits = [];
    private readonly Dictionary<int, string> reasons = [];
    private readonly Dictionary<int, string> remarks = [];
    private readonly HashSet<string> shortReasons = new(StringComparer.Ordinal);
    private readonly Dictionary<int, string> summaries = [];
    private readonly Dictionary<string, (StepState Step, Hash256 Asked, string? Summary)> retired = new(StringComparer.Ordinal);
    private readonly HashSet<string> pricedAgents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> stoppedAgents = new(StringComparer.Ordinal);
    private ReadySteps ready = new(0, 0);
    private StepState[] steps = [];
    private AskedPrints asked = null!;
    private Tally workers = new();
    private Tally coordinators = new();
    private Tally[] domains = [];

    /// <summary>A run that has not been planned: its first entry must be <see cref="RunEvent.RunPlanned"/>.</summary>
    /// <param name="table">The steps that the header's tasks file gives.</param>
    public RunState(StepTable table) => Table = table;

    /// <summary>The steps.</summary>
    public StepTable Table { get; private set; }

    /// <summary>What the run is; null before it is planned.</summary>
    public RunHeader Header { get; private set; } = null!;

    /// <summary>Version of the last entry; 0 before the first.</summary>
    public long Version { get; private set; }

    /// <summary>Epoch of the engine that drives the run; 0 before the first.</summary>
    public long Epoch { get; private set; }

    /// <summary>Where the run stands.</summary>
    public RunStatus Status { get; private set; }

    /// <summary>Why it is paused; null unless it is.</summary>
    public RunEvent.RunPaused? Pause { get; private set; }

    /// <summary>How it finished; null unless it has.</summary>
    public RunEvent.RunFinished? Finish { get; private set; }

    /// <summary>The current ceiling of units at once; the header's capacity or less.</summary>
    public int Capacity { get; private set; }

    /// <summary>Units that live attempts take.</summary>
    public int UnitsInUse { get; private set; }

    /// <summary>Number of the latest wave; 0 when rolling.</summary>
    public int Wave { get; private set; }

    /// <summary>What the run may spend; the header's unless a person changed it.</summary>
    public RunLimits Limits { get; private set; } = new();

    /// <summary>What settled attempts consumed; a lost attempt counts with its reservation.</summary>
    public Usage Spent { get; private set; } = Usage.None;

    /// <summary>Tokens set aside for live attempts.</summary>
    public long ReservedTokens { get; private set; }

    /// <summary>USD set aside for live attempts.</summary>
    public decimal ReservedUsd { get; private set; }

    /// <summary>Attempts so far, coordinators included, over all engines.</summary>
    public int Attempts { get; private set; }

    /// <summary>Attempts that were lost with an engine or machine.</summary>
    public int LostAttempts { get; private set; }

    /// <summary>Time with an engine running, up to the last entry.</summary>
    public TimeSpan Wall { get; private set; }

    /// <summary>Engines started without an attempt ending since.</summary>
    public int FruitlessStarts { get; private set; }

    /// <summary>When the run was planned, UTC.</summary>
    public DateTimeOffset PlannedAt { get; private set; }

    /// <summary>When the last entry was written, UTC.</summary>
    public DateTimeOffset LastAt { get; private set; }

    /// <summary>When the ceiling was last lowered, UTC.</summary>
    public DateTimeOffset LoweredAt { get; private set; }

    /// <summary>About how many tokens all published worker files have.</summary>
    public long FlatTokens { get; private set; }

    /// <summary>Steps that are not final yet.</summary>
    public int OpenSteps { get; private set; }

    /// <summary>Workers that failed for good since launching last (re)started.</summary>
    public int RecentFailures { get; private set; }

    /// <summary>Workers that became final, skipped ones left out, since launching last (re)started.</summary>
    public int RecentFinals { get; private set; }

    /// <summary>Attempts that were started and have not ended, in no particular order.</summary>
    public IReadOnlyCollection<LiveAttempt> Live => live.Values;

    /// <summary>Agents on which nothing more is launched, with the reason.</summary>
    public IReadOnlyDictionary<string, string> StoppedAgents => stoppedAgents;

    /// <summary>UTC ticks at which the next waiting step may start; null when none waits.</summary>
    public long? NextRetryAt => ready.NextAt;

    /// <summary>
    /// UTC ticks, after <paramref name="now"/>, at which a waiting step may start; null when none does. One that is due already may
    /// have to wait for something else, for capacity or the end of a wave, and must not hide the next.
    /// </summary>
    public long? NextRetryAfter(long now) => ready.NextAfter(now);

    /// <summary>Whether launching is going on.</summary>
    public bool IsLaunching => Status is RunStatus.Running;

    /// <summary>Whether the run has an outcome.</summary>
    public bool IsFinished => Status is RunStatus.Complete or RunStatus.CompleteWithGaps or RunStatus.Failed;

    /// <summary>Sum of the known costs, which the limit in USD is held against once a person accepted the unknown ones.</summary>
    public decimal KnownUsd { get; private set; }

    /// <summary>Attempts of unknown cost that nobody accepted yet.</summary>
    public int UnknownCosts { get; private set; }

    /// <summary>Pauses for a fault of the machine in a row, no attempt having got through and no person having looked.</summary>
    public int MachinePauses { get; private set; }

    /// <summary>Makes sure that there is something left to stop.</summary>
    /// <exception cref="RunStateException">There is not.</exception>
    public void RequireOpen()
    {
        if (IsFinished || Status is RunStatus.Cancelled)
        {
            throw RunStateException.NotOpen(this);
        }
    }

    /// <summary>Makes sure that no attempt is under way.</summary>
    /// <exception cref="RunStateException">One is.</exception>
    public void RequireSettled()
    {
        if (live.Count > 0)
        {
            throw RunStateException.StillAtWork(this);
        }
    }

    /// <summary>The count of workers.</summary>
    public Census Census => workers.ToCensus();

    /// <summary>The count of coordinators.</summary>
    public Census Coordinators => coordinators.ToCensus();

    /// <summary>The count of one domain's workers.</summary>
    public Census CensusOf(int domain) => domains[domain].ToCensus();

    /// <summary>Where step <paramref name="index"/> stands.</summary>
    public ref readonly StepState this[int index] => ref steps[index];

    /// <summary>UTC ticks before which a step's next attempt does not start; 0 means at once.</summary>
    public long RetryAtOf(int step) => retryAts.GetValueOrDefault(step);

    /// <summary>Ticks that a step waited for a busy provider since its last other failure.</summary>
    public long TransientWaitOf(int step) => transientWaits.GetValueOrDefault(step);

    /// <summary>What the latest attempt of a step was asked to do, and with which inputs; says nothing before the first.</summary>
    public Hash256 AskedOf(int step) => asked[step];

    /// <summary>Why a step failed or was skipped, or what its last attempt lacked; null when nothing is wrong.</summary>
    public string? ReasonOf(int step) => reasons.GetValueOrDefault(step);

    /// <summary>What the last attempt's agent did wrong, for the next one's prompt; null for a first try.</summary>
    public string? RemarkOf(int step) => remarks.GetValueOrDefault(step);

    /// <summary>The return line of a step that no coordinator reads; null for others.</summary>
    public string? SummaryOf(int step) => summaries.GetValueOrDefault(step);

    /// <summary>Whether an attempt of this agent has told what it cost.</summary>
    public bool IsPriced(string agent) => pricedAgents.Contains(agent);

    /// <summary>Return lines that an amended plan's parent reads and that are not held any more: by step key, the attempt that said it.</summary>
    /// <remarks>Only the lines of steps that no coordinator reads are held, since a million are too many; the journal has them all.</remarks>
    public IReadOnlyDictionary<string, int> SummariesWanted(StepTable amended)
    {
        var wanted = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < amended.Count; i++)
        {
            if (amended[i].Parent >= 0)
            {
                continue;
            }

            var key = amended[i].Key;
            var (attempt, summary) = Table.IndexOf(key) is >= 0 and var old
                ? (steps[old].VerifiedAttempt, SummaryOf(old))
                : retired.TryGetValue(key, out var gone) ? (gone.Step.VerifiedAttempt, gone.Summary) : (0, null);
            if (attempt > 0 && summary is null)
            {
                wanted.Add(key, attempt);
            }
        }

        return wanted;
    }

    /// <summary>The live attempt of that number; null when it has ended or never began.</summary>
    public LiveAttempt? LiveAttemptOf(int step, int attempt) => live.GetValueOrDefault((step, attempt));

    /// <summary>The step that is launched next, in order of weight; -1 when there is none at <paramref name="now"/>.</summary>
    /// <param name="now">UTC ticks.</param>
    /// <param name="workersOnly">Whether coordinators wait although they could start.</param>
    public int NextReady(long now, bool workersOnly) =>
        workersOnly ? ready.FirstWorker(now) : ready.First(now);

    /// <summary>
    /// Whether some worker is not final yet, so that in waves the coordinators wait. While an attempt is undecided they do not: workers may
    /// then wait for a person, directly or one through the other.
    /// </summary>
    public bool HasOpenWorkers => undecided.Count == 0 && workers.ToCensus().Open > 0;

    /// <summary>What step <paramref name="index"/> is asked now: its row's fingerprint and the hashes of its inputs as they stand.</summary>
    public Hash256 FingerprintOf(int index)
    {
        ref readonly var row = ref Table[index];
        if (row.ChildCount == 0 && row.After is null)
        {
            return row.Fingerprint;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> bytes = stackalloc byte[33];
        row.Fingerprint.CopyTo(bytes);
        hash.AppendData(bytes[..32]);
        for (var child = row.FirstChild; child < row.FirstChild + row.ChildCount; child++)
        {
            AppendInput(hash, child, bytes);
        }

        foreach (var before in row.After ?? [])
        {
            AppendInput(hash, before, bytes);
        }

        hash.GetHashAndReset(bytes);
        return Hash256.Of(bytes);
    }

    private void AppendInput(IncrementalHash hash, int step, Span<byte> bytes)
    {
        var verified = steps[step].Status is StepStatus.Verified;
        bytes.Clear();
        bytes[0] = verified ? (byte)1 : (byte)0;
        if (verified)
        {
            steps[step].Sha256.CopyTo(bytes[1..]);
        }

        hash.AppendData(bytes);
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes(Table[step].Id));
    }
}
