using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Loopback;

namespace Muster.Tests.Loopback;

/// <summary>A server and a bare HTTP client of it.</summary>
internal sealed class LoopbackClient : IAsyncDisposable
{
    private readonly HttpClient http = new() { Timeout = Timeout.InfiniteTimeSpan };

    private LoopbackClient(ModelServer server)
    {
        Server = server;
        http.BaseAddress = server.Address;
        http.DefaultRequestHeaders.Add("x-api-key", "none");
    }

    public ModelServer Server { get; }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<LoopbackClient> StartAsync(ModelServerOptions? options = null) => new(await ModelServer.StartAsync(options));

    /// <summary>Sends a body and returns when the response's headers are there.</summary>
    public Task<HttpResponseMessage> PostAsync(string path, object body) => PostUntilAsync(path, body, Cancelled);

    public Task<HttpResponseMessage> PostUntilAsync(string path, object body, CancellationToken cancellationToken)
    {
        var content = new StringContent(body as string ?? JsonSerializer.Serialize(body), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        return http.SendAsync(new(HttpMethod.Post, path) { Content = content }, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    public async Task<JsonNode> PostJsonAsync(string path, object body)
    {
        using var response = await PostAsync(path, body);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancelled))!;
    }

    public async Task<JsonNode> GetJsonAsync(string path) => JsonNode.Parse(await GetTextAsync(path))!;

    public async Task<string> GetTextAsync(string path)
    {
        using var response = await http.GetAsync(path, Cancelled);
        return await response.Content.ReadAsStringAsync(Cancelled);
    }

    /// <summary>The events of a streamed answer: name (empty where it has none) and data.</summary>
    public async Task<List<(string Name, JsonNode Data)>> StreamAsync(string path, object body)
    {
        using var response = await PostAsync(path, body);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        return Events(await response.Content.ReadAsStringAsync(Cancelled));
    }

    public static List<(string Name, JsonNode Data)> Events(string text) => [.. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
        .Select(e => e.Split('\n').ToDictionary(l => l[..l.IndexOf(':', StringComparison.Ordinal)], l => l[(l.IndexOf(':', StringComparison.Ordinal) + 2)..]))
        .Where(e => e["data"] != "[DONE]")
        .Select(e => (e.GetValueOrDefault("event", string.Empty), JsonNode.Parse(e["data"])!))];

    /// <summary>A body of Anthropic Messages with one user's text.</summary>
    public static JsonObject Message(string text, bool streams = false) => new()
    {
        ["model"] = "claude-haiku-5-5",
        ["max_tokens"] = 1_000,
        ["stream"] = streams,
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = text }),
    };

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await Server.DisposeAsync();
    }
}
