using Muster.Models;
using Muster.Runs;

namespace Muster.Agents.Cli;

/// <summary>What the streams of an attempt's processes have told so far. Owned by the attempt.</summary>
/// <remarks>
/// Usage is told in three ways, and none may be counted twice: by request (<see cref="Took"/>; the same id again replaces it), in all of a
/// session (<see cref="TookInSession"/>; only what is new counts), and in all of a process (<see cref="TookInProcess"/>). The
/// latter two stand for the requests told since the last such figure.
/// </remarks>
internal sealed class CliTranscript(string model, ModelTable models)
{
    private const int MostSaid = 256 * 1024, MostDenied = 8;

    private readonly Dictionary<string, (ModelTokens Tokens, decimal? Usd)> requests = [];
    private readonly Queue<string> happened = [];
    private readonly HashSet<string> tools = [];
    private readonly HashSet<string> toolsInLog = [];
    private readonly HashSet<string> writes = [];
    private readonly SortedSet<string> denied = new(StringComparer.Ordinal);
    private Usage settled = Usage.None;
    private (ModelTokens Tokens, decimal Usd) session;
    private bool toldHere;
    private bool lacksSome;
    private int denials;
    private int process;

    /// <summary>The session's id, by which it can be gone on with; null until it was told.</summary>
    public string? Session { get; set; }

    /// <summary>What the agent said last.</summary>
    public string Said { get; private set; } = string.Empty;

    /// <summary>Why the agent itself says that it failed; null when it does not.</summary>
    public AgentFailure? Failure { get; private set; }

    /// <summary>Whether the stream told its end.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Calls of tools.</summary>
    public int ToolCalls => Math.Max(tools.Count, toolsInLog.Count);

    /// <summary>Calls of tools that do not only write: who wrote and did nothing else has looked at nothing.</summary>
    public int Looks => Math.Max(tools.Count - writes.Count, toolsInLog.Count);

    /// <summary>Which tools were denied, in words; null when none was.</summary>
    public string? Denied => denials switch
    {
        0 => null,
        1 => $"a call of {denied.Min} was denied",
        _ => $"{denials} calls of tools were denied: {string.Join(", ", denied)}",
    };

    /// <summary>
    /// What was consumed; the cost is unknown while a process told nothing, unless the provider refused, which costs nothing.
    /// </summary>
    public Usage Usage => (toldHere || Failure is not null) && !lacksSome ? Told : Told with { Usd = null };

    /// <summary>A tool was called.</summary>
    /// <param name="id">The call's; the same one again of the same process counts once.</param>
    /// <param name="what">A few words for people.</param>
    /// <param name="isWrite">Whether the tool does nothing but write files.</param>
    public void Called(string id, string what, bool isWrite = false)
    {
        if (tools.Add($"{process}:{id}"))
        {
            happened.Enqueue(what);
            _ = isWrite && writes.Add($"{process}:{id}");
        }
    }

    /// <summary>A call of a tool stands in a log beside the stream, which may tell of the same one under another id.</summary>
    public void CalledInLog(string id) => toolsInLog.Add(id);

    /// <summary>A call was denied.</summary>
    public void Deny(string tool)
    {
        denials++;
        if (denied.Count < MostDenied)
        {
            denied.Add(tool);
        }
    }

    /// <summary>The agent said something.</summary>
    public void Say(string text) => Said = text.Length > MostSaid ? text[..MostSaid] : text;

    /// <summary>The agent goes on saying what it says.</summary>
    public void GoOnSaying(string text) => Say(Said + text);

    /// <summary>Requests in a row that the provider refused and that the CLI sends again by itself.</summary>
    public int Refusals { get; private set; }

    /// <summary>What the provider said at the last of them.</summary>
    public string Refused { get; private set; } = string.Empty;

    /// <summary>The provider refused a request, and the CLI will send it again.</summary>
    public void Refuse(string words) => (Refusals, Refused) = (Refusals + 1, words);

    /// <summary>A response has begun: what was refused was sent again with success.</summary>
    public void Accept() => Refusals = 0;

    /// <summary>It failed; the last reason stands.</summary>
    public void Fail(AgentFailure failure) => Failure = failure;

    /// <summary>It recovered from what was told as a failure, or ended well.</summary>
    public void End(bool isGood)
    {
        HasEnded = true;
        Failure = isGood ? null : Failure;
    }

    /// <summary>What one request took, as far as one knows.</summary>
    /// <param name="request">Its id.</param>
    /// <param name="tokens">Its tokens.</param>
    /// <param name="usd">What it cost, where the CLI knows better than our prices.</param>
    public void Took(string request, ModelTokens tokens, decimal? usd = null)
    {
        toldHere = true;
        requests[request] = (tokens, usd ?? models.CostOf(model, tokens));
    }

    /// <summary>What one request is known to have taken; nothing when it was not told of.</summary>
    public ModelTokens Of(string request) => requests.GetValueOrDefault(request).Tokens;

    /// <summary>What the session took in all, over all its processes that lived to tell.</summary>
    /// <param name="tokens">Its tokens.</param>
    /// <param name="usd">What it cost; null where the CLI does not know.</param>
    public void TookInSession(ModelTokens tokens, decimal? usd)
    {
        var before = session;
        session = (before.Tokens.Plus(Less(tokens, before.Tokens)), Math.Max(before.Usd, usd ?? 0)); // An old figure that is read late changes nothing.
        Settle(Less(tokens, before.Tokens), usd is null ? null : session.Usd - before.Usd);
    }

    /// <summary>What this process took in all.</summary>
    public void TookInProcess(ModelTokens tokens) => Settle(tokens, null);

    /// <summary>Another process goes on with the session. What the last one told of its requests stands.</summary>
    public void BeginProcess()
    {
        lacksSome |= process > 0 && !toldHere && Failure is null;
        settled = Told;
        requests.Clear();
        process++;
        (HasEnded, Failure, toldHere, Refusals) = (false, null, false, 0);
    }

    /// <summary>What happened since it was last asked, for people.</summary>
    public bool TryTakeNews(out string what) => happened.TryDequeue(out what!);

    private Usage Told => requests.Values.Aggregate(settled, static (sum, request) => sum.Plus(Total(request.Tokens, request.Usd)));

    private static ModelTokens Less(ModelTokens all, ModelTokens before) => new(
        Math.Max(0, all.Input - before.Input), Math.Max(0, all.Output - before.Output),
        Math.Max(0, all.CacheRead - before.CacheRead), Math.Max(0, all.CacheWrite - before.CacheWrite),
        Math.Max(0, all.CacheWriteLong - before.CacheWriteLong));

    private static Usage Total(ModelTokens tokens, decimal? usd) => new(tokens.Prompt, tokens.Output, usd);

    private void Settle(ModelTokens tokens, decimal? usd)
    {
        toldHere = true;
        var told = requests.Values.Aggregate(default(ModelTokens), static (sum, request) => sum.Plus(request.Tokens));
        var price = usd
            ?? (told == tokens ? requests.Values.Aggregate((decimal?)0m, static (sum, request) => sum + request.Usd) : models.CostOf(model, tokens));
        settled = settled.Plus(Total(tokens, price));
        requests.Clear();
    }
}
