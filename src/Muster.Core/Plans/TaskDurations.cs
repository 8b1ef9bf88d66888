using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Muster.Runs;

namespace Muster.Plans;

/// <summary>How long the tasks of an earlier run took, by their key: what a new run of the same plan goes by.</summary>
/// <remarks>
/// Kept as text in the run's directory: a first line of JSON that names plan and root, then a line a step, its key and the seconds from
/// the start of its verified attempt to its end. In memory stand a hash and a number a task; of two keys with one hash the later counts.
/// </remarks>
public sealed class TaskDurations
{
    private const string Name = "durations.txt";

    /// <summary>Runs that are looked through for one of the same plan.</summary>
    private const int MostRuns = 500;

    private readonly Dictionary<ulong, float> seconds = [];
    private readonly List<float> coordinators = [];

    private TaskDurations(string runId) => RunId = runId;

    /// <summary>The run that they are of.</summary>
    public string RunId { get; }

    /// <summary>What is usual for a coordinator, in seconds; null when none was verified.</summary>
    public float? Coordinator => coordinators.Count == 0 ? null : coordinators.Order().ElementAt(coordinators.Count / 2);

    /// <summary>How long the task of this id took, in seconds; null when that is not known.</summary>
    public float? Of(string taskId) => seconds.TryGetValue(HashOf(taskId), out var known) ? known : null;

    /// <summary>Writes what is known of a run, finished or not.</summary>
    /// <param name="runDirectory">Absolute path.</param>
    /// <param name="run">The run.</param>
    public static void Write(string runDirectory, RunState run)
    {
        var path = Path.Combine(runDirectory, Name);
        using (var text = new StreamWriter(path + ".new", append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16))
        {
            text.Write(HeadOf(run.Header.PlanName, run.Header.Root));
            text.Write('\n');
            for (var step = 0; step < run.Table.Count; step++)
            {
                if (run[step] is { Status: StepStatus.Verified, Seconds: > 0 and var took })
                {
                    text.Write(run.Table[step].Role is Role.Worker ? run.Table[step].Id : run.Table[step].Key);
                    text.Write(' ');
                    text.Write(took.ToString("0.###", CultureInfo.InvariantCulture));
                    text.Write('\n');
                }
            }
        }

        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>The durations of the newest run of a plan; null when there is none. What cannot be read is passed over: it is a help and no record.</summary>
    /// <param name="runs">Directory of runs; it need not exist.</param>
    /// <param name="planName">The plan's file name as the user gives it; its last part is compared.</param>
    /// <param name="root">Absolute path of the tree.</param>
    public static TaskDurations? Find(string runs, string planName, string root)
    {
        if (!Directory.Exists(runs))
        {
            return null;
        }

        var head = HeadOf(planName, root);
        foreach (var run in Directory.EnumerateDirectories(runs).OrderDescending(StringComparer.Ordinal).Take(MostRuns))
        {
            try
            {
                if (Read(run, head) is { seconds.Count: > 0 } found)
                {
                    return found;
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
            {
                continue; // Another run may have them.
            }
        }

        return null;
    }

    private static TaskDurations? Read(string run, string head)
    {
        if (!File.Exists(Path.Combine(run, Name)))
        {
            return null;
        }

        using var text = new StreamReader(Path.Combine(run, Name), Encoding.UTF8, detectEncodingFromByteOrderMarks: false, 1 << 16);
        if (text.ReadLine() != head)
        {
            return null;
        }

        var found = new TaskDurations(Path.GetFileName(run));
        while (text.ReadLine() is { } line)
        {
            var cut = line.LastIndexOf(' ');
            var took = float.Parse(line.AsSpan(cut + 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
            if (line.StartsWith("synthesis/", StringComparison.Ordinal))
            {
                found.coordinators.Add(took);
            }
            else if (cut > 0)
            {
                found.seconds[HashOf(line.AsSpan(0, cut))] = took;
            }
        }

        return found;
    }

    private static string HeadOf(string planName, string root) =>
        JsonSerializer.Serialize(new[] { Path.GetFileName(planName), root }, TaskShape.Default.StringArray);

    private static ulong HashOf(ReadOnlySpan<char> id)
    {
        Span<byte> hash = stackalloc byte[32];
        Span<byte> bytes = stackalloc byte[512];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(id[..Math.Min(id.Length, 128)], bytes)], hash);
        return MemoryMarshal.Read<ulong>(hash);
    }
}
