using Muster.Agents.Chat;
using Muster.Loopback;

namespace Muster.Bench;

/// <summary>What part of 32 workers' prompts the server's cache model had: the agents, whose first requests are staggered, against the same conversations sent without waiting.</summary>
internal static class CacheHits
{
    private const int Workers = 32;

    public static async Task<int> RunAsync()
    {
        using var home = new BenchDirectory();
        var latency = new ModelServerOptions { Latency = TimeSpan.FromMilliseconds(200), CacheMinimumTokens = 512 };
        List<List<ReadOnlyMemory<byte>>> conversations;
        await using (var server = await ModelServer.StartAsync(latency))
        {
            await ChatRun.RunAsync(home, "runs", server.Address, Workers, Workers);
            conversations = [.. server.Requests.Select(request => request.Content).GroupBy(BareLoop.AttemptOf).Select(attempt => attempt.ToList())];
        }

        if (conversations.Count != Workers || conversations.Exists(conversation => conversation.Count != ChatRun.CallsOfWorker))
        {
            throw new InvalidOperationException($"{conversations.Count} conversations instead of {Workers}.");
        }

        Console.WriteLine($"{Workers} workers   staggered {Share(Told(home)):0.0 %} of the prompts' tokens read from the cache   not {Share(await SendAsync(latency, conversations)):0.0 %}");
        return 0;
    }

    /// <summary>What the agents were told, from their transcripts.</summary>
    private static IEnumerable<(long Prompt, long Read)> Told(BenchDirectory home)
    {
        foreach (var path in Directory.GetFiles(home.Of("runs"), Transcript.FileName, SearchOption.AllDirectories))
        {
            var (transcript, entries) = Transcript.Open(Path.GetDirectoryName(path)!, new(() => null));
            transcript.Dispose();
            foreach (var tokens in entries.Select(entry => entry.Tokens).OfType<Models.ModelTokens>())
            {
                yield return (tokens.Input + tokens.CacheRead + tokens.CacheWrite, tokens.CacheRead);
            }
        }
    }

    /// <summary>All workers begin at once; each sends its requests one after the other.</summary>
    private static async Task<IEnumerable<(long Prompt, long Read)>> SendAsync(ModelServerOptions options, List<List<ReadOnlyMemory<byte>>> conversations)
    {
        await using var server = await ModelServer.StartAsync(options);
        using var loop = new BareLoop(server.Address);
        return (await Task.WhenAll(conversations.Select(async conversation =>
        {
            List<(long, long)> counted = [];
            foreach (var body in conversation)
            {
                counted.Add(await loop.CountAsync(body));
            }

            return counted;
        }))).SelectMany(counted => counted);
    }

    private static double Share(IEnumerable<(long Prompt, long Read)> calls)
    {
        var (prompt, read) = calls.Aggregate((0L, 0L), (sum, call) => (sum.Item1 + call.Prompt, sum.Item2 + call.Read));
        return (double)read / prompt;
    }
}
