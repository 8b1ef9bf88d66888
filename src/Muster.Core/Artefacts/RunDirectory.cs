using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Muster.Runs;

namespace Muster.Artefacts;

/// <summary>Where a run lives on disk, and the path of everything in it.</summary>
/// <remarks>Only its owner may look inside. Every path is made from ids that were checked, so none leads out of it.</remarks>
public sealed class RunDirectory
{
    /// <summary>Above this many tasks, workers' files and attempts are spread over 256 directories.</summary>
    public const int MostTasksFlat = 1_000;

    /// <summary>File systems on which SQLite's shared-memory journal is not safe.</summary>
    private static readonly string[] Remote =
        ["nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "9p", "v9fs", "fuse.sshfs", "fuse.s3fs", "fuse.rclone", "glusterfs", "fuse.glusterfs", "ceph", "afs"];

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private bool isSpread;

    private RunDirectory(string path, bool isSpread) =>
        (Path, RunId, this.isSpread) = (path, System.IO.Path.GetFileName(path), isSpread);

    /// <summary>Absolute path.</summary>
    public string Path { get; }

    /// <summary>Id of the run: the directory's name.</summary>
    public string RunId { get; }

    /// <summary>The journal.</summary>
    public string Journal => In("run.db");

    /// <summary>The plan as its user wrote it.</summary>
    public string Plan => In("plan.yaml");

    /// <summary>What the parent reads.</summary>
    public string Summary => In("summary.md");

    /// <summary>The known findings that do not count in this run; there is no such file without a baseline.</summary>
    public string Baseline => In("baseline.json");

    /// <summary>Every gap with its reason.</summary>
    public string Gaps => In("gaps.md");

    /// <summary>A new id: <c>yyyyMMdd-HHmmss-xxxxxxxx</c>, UTC and 8 random hexadecimal digits.</summary>
    public static string NewId(TimeProvider time) =>
        time.GetUtcNow().ToString("yyyyMMdd-HHmmss-", CultureInfo.InvariantCulture) + RandomNumberGenerator.GetHexString(8, lowercase: true);

    /// <summary>Makes the directory of a new run under <paramref name="runs"/>.</summary>
    /// <exception cref="RunDirectoryException">It cannot be made there.</exception>
    public static RunDirectory Create(string runs, string runId) => Create(runs, runId, FileSystemOf);

    /// <summary>What the kernel calls the file system that a path lies on: "ext4", "nfs4", "9p".</summary>
    internal static string FileSystemOf(string path) => new DriveInfo(System.IO.Path.GetFullPath(path)).DriveFormat;

    /// <summary>The same as <see cref="Create(string, string)"/>, asking <paramref name="fileSystemOf"/> for the name of the file system.</summary>
    internal static RunDirectory Create(string runs, string runId, Func<string, string> fileSystemOf)
    {
        var path = System.IO.Path.Combine(System.IO.Path.GetFullPath(runs), runId);
        try
        {
            Directory.CreateDirectory(runs);
            if (fileSystemOf(runs) is var format && Array.IndexOf(Remote, format) >= 0)
            {
                throw RunDirectoryException.Remote(path, format);
            }

            MakeOwned(path);
            foreach (var part in (ReadOnlySpan<string>)["workers", "synthesis", "attempts"])
            {
                MakeOwned(System.IO.Path.Combine(path, part));
            }

            return new(path, isSpread: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw RunDirectoryException.CannotMake(path, e);
        }
    }

    /// <summary>The directory of a run that was made before.</summary>
    /// <exception cref="RunDirectoryException">There is none.</exception>
    public static RunDirectory Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        return File.Exists(System.IO.Path.Combine(path, "run.db"))
            ? new(path, IsSpread(System.IO.Path.Combine(path, "workers")))
            : throw RunDirectoryException.NotThere(path);
    }

    /// <summary>Lays out the directories for a number of tasks; the layout then stays as it is for the run's life.</summary>
    public void LayOut(int tasks)
    {
        if (tasks <= MostTasksFlat)
        {
            return;
        }

        for (var i = 0; i < 256; i++)
        {
            var name = i.ToString("x2", CultureInfo.InvariantCulture);
            Directory.CreateDirectory(In("workers", name));
            Directory.CreateDirectory(In("attempts", name));
        }

        isSpread = true;
    }

    /// <summary>The directory of one attempt; nobody else writes there.</summary>
    public string Attempt(Role role, string id, int attempt) =>
        System.IO.Path.Combine(Attempts(role, id), attempt.ToString(CultureInfo.InvariantCulture));

    /// <summary>The directory of all attempts at a step. A synthesis' lies under <c>_synthesis</c>, which is no task's id.</summary>
    public string Attempts(Role role, string id) => role switch
    {
        Role.Worker when isSpread => In("attempts", Spread(id), id),
        Role.Coordinator => In("attempts", "_synthesis", id),
        _ => In("attempts", id),
    };

    /// <summary>Where a step's file is published.</summary>
    public string Published(Role role, string id) => In(PublishedName(role, id));

    /// <summary>The same, relative to the run's directory, with forward slashes.</summary>
    public string PublishedName(Role role, string id) => role switch
    {
        Role.Worker => isSpread ? $"workers/{Spread(id)}/{id}.md" : $"workers/{id}.md",
        Role.Coordinator => $"synthesis/{id}.md",
        Role.Qc when id.Split('/') is [_, var module, var round] => round == "1" ? $"qc/{module}-build-qc.md" : $"qc/{module}-build-qc-{round}.md",
        _ => $"steps/{id.Replace('/', '-')}.md",
    };

    /// <summary>Where the engine keeps what it found when it checked a worker's findings.</summary>
    public string Evidence(string id) => EvidenceFile.PathBeside(Published(Role.Worker, id));

    /// <summary>The path of a file in the run's directory.</summary>
    public string In(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>Makes an attempt's directory. One that is there already holds what no attempt of this number wrote: it is moved aside.</summary>
    /// <param name="home">Absolute path, its last part the attempt's number.</param>
    public static void MakeFresh(string home)
    {
        if (Directory.Exists(home))
        {
            var number = 1;
            while (System.IO.Path.Exists($"{home}.old{number}"))
            {
                number++;
            }

            Directory.Move(home, $"{home}.old{number}");
        }

        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(home)!); // One by one: two calls of the system instead of seven.
        Directory.CreateDirectory(home);
    }

    /// <summary>A flat layout has no directory among the workers' files; of a spread one a copy may lack those that were empty.</summary>
    private static bool IsSpread(string workers) => Directory.Exists(workers) && Directory.EnumerateDirectories(workers).Any();

    private static string Spread(string id)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(id), hash);
        return Convert.ToHexStringLower(hash[..1]);
    }

    private static void MakeOwned(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnly);
        }
    }
}
