using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Muster.Agents.Keeping;
using Muster.Runs;
using Muster.Settings;

namespace Muster.Agents.Cli;

/// <summary>An agent CLI, headless: its prompt on stdin, its stream followed while it runs, in an environment that holds nothing but its own key.</summary>
/// <remarks>
/// It runs as <see cref="KeptPrograms"/> says. When its process was lost with its keeper, another one goes on with the session, in a
/// directory of its own under the attempt's; what the lost one took stays counted.
/// </remarks>
internal sealed class CliAgent(ICliDialect dialect, string runDirectory, UserSettings settings) : IResumableAgent, IDisposable
{
    private const int MostProcesses = 4;
    private const string GoOn = "You were interrupted. Go on with your task where you left off, and end as it tells you to.\n";

    private readonly KeptPrograms programs = new(runDirectory, new());
    private readonly AgentSettings own = settings.For(dialect.Name);
    private readonly Lazy<Bubblewrap?> sandbox = new(() => Bubblewrap.Find(runDirectory));
    private readonly Lock gate = new();
    private Task<CliInstallation>? installation;
    private volatile bool isLettingGo;

    /// <inheritdoc/>
    public string Name => dialect.Name;

    /// <inheritdoc/>
    public bool StartsProcess => true;

    /// <summary>Lets go of the keeper. What runs goes on without this engine.</summary>
    public void Dispose() => programs.Dispose();

    /// <inheritdoc/>
    public IAsyncEnumerable<AgentReport> RunAsync(AgentTask task, CancellationToken cancellationToken) => WorkAsync(task, mayRunAlready: false, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<AgentReport> AdoptAsync(AgentTask task, CancellationToken cancellationToken) => WorkAsync(task, mayRunAlready: true, cancellationToken);

    /// <inheritdoc/>
    public bool HasBegun(string directory) => KeptPrograms.HasBegun(directory);

    /// <inheritdoc/>
    public void LetGo()
    {
        isLettingGo = true;
        programs.LetGo();
    }

    private async IAsyncEnumerable<AgentReport> WorkAsync(AgentTask task, bool mayRunAlready, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var call = CallOf(task);
        mayRunAlready &= HasBegun(task.Directory);
        if (!mayRunAlready && await RefusalAsync(call, cancellationToken) is { } refusal)
        {
            yield return refusal;
            yield break;
        }

        var attempt = new CliAttempt(dialect, call, settings.Models);
        try
        {
            yield return new AgentReport.Used(attempt.Transcript.Usage);
            for (var process = 0; ; process++)
            {
                var directory = process == 0 ? task.Directory : Path.Combine(task.Directory, $"again-{process}");
                attempt.Begin(directory);
                string? lost = null;
                if (mayRunAlready && Path.Combine(task.Directory, $"again-{process + 1}") is var next && Directory.Exists(next) && HasBegun(next))
                {
                    attempt.ReadAll(); // Lost before, and gone on with.
                    continue;
                }

                mayRunAlready &= HasBegun(directory);
                var order = await PrepareAsync(call with { Session = attempt.Transcript.Session }, directory, isNew: !mayRunAlready, cancellationToken);
                await foreach (var e in FollowAsync(order, mayRunAlready, attempt, cancellationToken))
                {
                    foreach (var report in attempt.Follow(e))
                    {
                        yield return report;
                    }

                    if (e.Ended is { } end)
                    {
                        yield return attempt.Finish(end);
                        yield break;
                    }

                    lost = e.Lost;
                }

                attempt.ReadAll();
                if (attempt.FinishLost(lost!) is { } finished)
                {
                    yield return finished;
                    yield break;
                }

                if (attempt.Transcript.Session is null || process + 1 == MostProcesses)
                {
                    throw new AttemptLostException(lost!);
                }

                cancellationToken.ThrowIfCancellationRequested();
                mayRunAlready = false;
                yield return new AgentReport.Progress($"{lost}; goes on with session {attempt.Transcript.Session}");
            }
        }
        finally
        {
            if (!isLettingGo)
            {
                Clean(call);
            }
        }
    }

    /// <summary>What the keeper tells of a program, until its own patience with its provider is longer than ours.</summary>
    private async IAsyncEnumerable<KeeperEvent> FollowAsync(
        KeeperRequest order, bool mayRunAlready, CliAttempt attempt, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var events = programs.RunAsync(order, mayRunAlready, patience.Token).GetAsyncEnumerator(patience.Token);
        while (true)
        {
            try
            {
                if (!await events.MoveNextAsync())
                {
                    yield break;
                }
            }
            catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                break;
            }

            yield return events.Current;
            patience.CancelAfter(attempt.Patience);
        }

        yield return new(0) { Ended = attempt.GiveUp() };
    }

    private CliCall CallOf(AgentTask task)
    {
        var model = settings.Models.ModelOf(dialect.Name, task.Model);
        var address = own.BaseUrl
            ?? (Uri.TryCreate(Environment.GetEnvironmentVariable(dialect.BaseUrlVariable(model)), UriKind.Absolute, out var set) ? set : null);
        return new()
        {
            Task = task,
            Model = model,
            MaxOutput = settings.Models.KnownMaxOutputOf(model),
            ContextWindow = settings.Models.KnownContextWindowOf(model),
            KeyVariable = own.UsesOwnLogin ? null : own.KeyVariable,
            BaseUrl = address,
            UsesOwnLogin = own.UsesOwnLogin,
        };
    }

    /// <summary>Why no attempt like this one can be made here; null when it can.</summary>
    private async Task<AgentReport.Finished?> RefusalAsync(CliCall call, CancellationToken cancellationToken)
    {
        try
        {
            await InstalledAsync(cancellationToken);
            if (!call.UsesOwnLogin && call.BaseUrl is null && (call.KeyVariable is null || CliEnvironment.KeyOf(call.KeyVariable) is null))
            {
                throw CliAgentException.NoKey(dialect, call.KeyVariable);
            }

            if (dialect.NeedsSandbox(call))
            {
                if (sandbox.Value is null)
                {
                    throw CliAgentException.NoSandbox(dialect, call.MayRunCommands ? "the task's tools have Bash" : null);
                }

                if (call is { UsesOwnLogin: true, MayRunCommands: true })
                {
                    throw CliAgentException.LoginInSandbox(dialect);
                }
            }

            return null;
        }
        catch (CliAgentException e)
        {
            return new(string.Empty, new(FailureClass.Permanent, $"{e.Message} {e.NextStep.TrimEnd('.')}"));
        }
    }

    /// <summary>Looked for once a run; a look that was cancelled is repeated.</summary>
    private Task<CliInstallation> InstalledAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return installation is { IsCanceled: false } known ? known : installation = CliInstallation.FindAsync(dialect, own.Program, cancellationToken);
        }
    }

    /// <summary>What to start; with the directories and files that it needs, when it is started anew.</summary>
    private async Task<KeeperRequest> PrepareAsync(CliCall call, string directory, bool isNew, CancellationToken cancellationToken)
    {
        if (!isNew)
        {
            return programs.Order(call.Task, directory, call.Task.WorkingDirectory, [], []); // The keeper knows what runs.
        }

        var (launch, installed) = (dialect.Launch(call), await InstalledAsync(cancellationToken));
        foreach (var made in (ReadOnlySpan<string>)[directory, call.Home, call.Temporary])
        {
            MakePrivate(made);
        }

        foreach (var (path, content) in launch.Files)
        {
            var file = Path.Combine(call.Home, path);
            MakePrivate(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, content, cancellationToken);
        }

        await File.WriteAllTextAsync(Path.Combine(directory, "prompt.md"), call.Session is null ? call.Task.Prompt + launch.Remark : GoOn, cancellationToken);
        var isHeld = dialect.NeedsSandbox(call);
        ImmutableArray<string> command = [installed.Program, .. launch.Arguments];
        return programs.Order(
            call.Task, directory, call.Task.WorkingDirectory,
            isHeld ? sandbox.Value!.Wrap(call, launch, command) : command, CliEnvironment.Of(call, launch, isHeld));
    }

    private static void MakePrivate(string directory)
    {
        if (new DirectoryInfo(directory).LinkTarget is not null)
        {
            throw CliAgentException.Link(directory); // An agent that may write here made it, so that we would write elsewhere.
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Takes away the private home, which no later attempt needs, and the key wherever the agent showed it.</summary>
    private static void Clean(CliCall call)
    {
        try
        {
            foreach (var directory in (ReadOnlySpan<string>)[call.Home, call.Temporary])
            {
                if (Directory.Exists(directory))
                {
                    Directory.Delete(directory, recursive: true);
                }
            }

            KnownSecret.Mask(call.Task.Directory, call.KeyVariable is { } variable ? CliEnvironment.KeyOf(variable) : null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What cannot be taken away stays in the attempt's directory, which is nobody's but this person's.
        }
    }
}
