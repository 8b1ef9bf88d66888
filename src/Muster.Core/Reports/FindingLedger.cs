using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Muster.Artefacts;
using Muster.Runs;

namespace Muster.Reports;

/// <summary>Takes findings in one by one: counts each once and exactly, and keeps the worst ones for the list.</summary>
/// <remarks>Of a finding that is not listed only a key of 16 bytes is held.</remarks>
internal sealed class FindingLedger(Baseline? baseline, int domains, int most)
{
    private const int ListedTasks = 20;

    private readonly Dictionary<UInt128, Entry> seen = [];
    private readonly Dictionary<UInt128, int> occurrences = [];
    private readonly HashSet<string> matched = new(StringComparer.Ordinal);
    private readonly FindingCounts[] counts = new FindingCounts[domains];
    private readonly Dictionary<UInt128, ReportedFinding>[] lists = [[], [], []];

    /// <summary>Counts of one domain.</summary>
    public FindingCounts CountsOf(int domain) => counts[domain];

    /// <summary>Findings of the baseline that were met.</summary>
    public int BaselineMatched => matched.Count;

    /// <summary>Takes one worker's findings, in the order of their lines so that equal ones are numbered alike in every run.</summary>
    public void Add(string taskId, int domain, ImmutableArray<Finding> findings, ImmutableArray<Evidence> evidence)
    {
        foreach (var i in Enumerable.Range(0, findings.Length)
            .OrderBy(i => findings[i].Path, StringComparer.Ordinal).ThenBy(i => findings[i].Line ?? 0))
        {
            Add(taskId, domain, findings[i], evidence[i]);
        }
    }

    /// <summary>The listed findings of a standing, worst first, and how many there are; suppressed and baselined ones are one list.</summary>
    public CappedList<ReportedFinding> List(FindingStanding standing)
    {
        var listed = ListOf(standing).Values.ToList();
        listed.Sort(ReportedFinding.Compare);
        var total = counts.Aggregate(default(FindingCounts), (sum, one) => sum.Plus(one));
        var count = standing switch
        {
            FindingStanding.Counted => total.Total,
            FindingStanding.Ungrounded => total.Ungrounded,
            _ => total.Suppressed,
        };
        return new([.. listed.Take(most)], count);
    }

    private void Add(string taskId, int domain, Finding finding, Evidence evidence)
    {
        var path = finding.Path.StartsWith("./", StringComparison.Ordinal) ? finding.Path[2..] : finding.Path;
        finding = path == finding.Path ? finding : finding with { Path = path };
        var key = KeyOf($"{finding.Rule ?? "\n" + finding.Message}\n{path}\n{finding.Line}");
        ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(seen, key, out var isKnown);
        if (isKnown)
        {
            Merge(key, ref entry, taskId, finding, evidence);
            return;
        }

        var what = KeyOf($"{finding.Rule ?? "\n" + finding.Message}\n{path}\n{evidence.LineHash}");
        ref var occurrence = ref CollectionsMarshal.GetValueRefOrAddDefault(occurrences, what, out _);
        var print = Fingerprint.Of(finding, evidence.LineHash, occurrence++);
        var standing = StandingOf(evidence, print);
        entry = new((ushort)domain, finding.Severity, standing);
        Count(entry, 1);
        Keep(key, new(finding, evidence, standing, print, domain, [taskId], 1));
    }

    private FindingStanding StandingOf(Evidence evidence, string print)
    {
        var isBaselined = baseline?.Contains(print) is true;
        if (isBaselined)
        {
            matched.Add(print);
        }

        return !evidence.IsGrounded ? FindingStanding.Ungrounded
            : evidence.SuppressedBecause is not null ? FindingStanding.Suppressed
            : isBaselined ? FindingStanding.Baselined
            : FindingStanding.Counted;
    }

    /// <summary>Another worker says the same: the worse severity and the better evidence stand, and both tasks are named.</summary>
    private void Merge(UInt128 key, ref Entry entry, string taskId, Finding finding, Evidence evidence)
    {
        var list = ListOf(entry.Standing);
        var known = list.GetValueOrDefault(key);
        if (known is not null)
        {
            known = known with
            {
                TaskCount = known.TaskIds[^1] == taskId ? known.TaskCount : known.TaskCount + 1,
                TaskIds = known.TaskIds.Length < ListedTasks && !known.TaskIds.Contains(taskId) ? known.TaskIds.Add(taskId) : known.TaskIds,
            };
        }

        var print = known?.Fingerprint ?? Fingerprint.Of(finding, evidence.LineHash, 0);
        var isGroundedNow = entry.Standing is FindingStanding.Ungrounded && evidence.IsGrounded;
        if (isGroundedNow)
        {
            print = Fingerprint.Of(finding, evidence.LineHash, 0);
        }

        var standing = isGroundedNow ? StandingOf(evidence, print) : entry.Standing;
        var severity = finding.Severity > entry.Severity ? finding.Severity : entry.Severity;
        if (standing == entry.Standing && severity == entry.Severity)
        {
            if (known is not null)
            {
                list[key] = known;
            }

            return;
        }

        Count(entry, -1);
        list.Remove(key);
        entry = entry with { Severity = severity, Standing = standing };
        Count(entry, 1);
        known ??= new(finding, evidence, standing, print, entry.Domain, [taskId], 1);
        Keep(key, known with
        {
            Finding = known.Finding with { Severity = severity },
            Evidence = isGroundedNow ? evidence : known.Evidence,
            Standing = standing,
            Fingerprint = print,
        });
    }

    private void Count(Entry entry, int by)
    {
        var one = (entry.Standing, entry.Severity) switch
        {
            (FindingStanding.Ungrounded, _) => new FindingCounts(0, 0, 0, by, 0),
            (not FindingStanding.Counted, _) => new FindingCounts(0, 0, 0, 0, by),
            (_, Severity.Critical) => new FindingCounts(by, 0, 0),
            (_, Severity.Major) => new FindingCounts(0, by, 0),
            _ => new FindingCounts(0, 0, by),
        };
        counts[entry.Domain] = counts[entry.Domain].Plus(one);
    }

    private void Keep(UInt128 key, ReportedFinding finding)
    {
        var list = ListOf(finding.Standing);
        list[key] = finding;
        if (list.Count <= most * 2)
        {
            return;
        }

        // Twice the list is held before the better half goes on, so that a long stream is not sorted at every step.
        foreach (var last in list.OrderBy(f => f.Value, Comparer<ReportedFinding>.Create(ReportedFinding.Compare)).Skip(most).ToList())
        {
            list.Remove(last.Key);
        }
    }

    private Dictionary<UInt128, ReportedFinding> ListOf(FindingStanding standing) => lists[standing switch
    {
        FindingStanding.Ungrounded => 0,
        FindingStanding.Counted => 1,
        _ => 2,
    }];

    private static UInt128 KeyOf(string text)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    private readonly record struct Entry(ushort Domain, Severity Severity, FindingStanding Standing);
}
