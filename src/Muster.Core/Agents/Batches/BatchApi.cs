using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Muster.Agents.Chat;
using Muster.Settings;

namespace Muster.Agents.Batches;

/// <summary>Anthropic's Message Batches over HTTP.</summary>
/// <remarks>
/// The official client would hold a batch and its results in memory as objects; here both are streams. Refusals come as
/// <see cref="ProviderException"/>, whatever breaks the line as it is.
/// </remarks>
internal sealed class BatchApi(AgentSettings settings, Func<string, string?> environment, BatchOptions options, TimeProvider time) : IDisposable
{
    private const string KeyVariable = "ANTHROPIC_API_KEY";
    private const string Version = "2023-06-01";
    private const string Path = "v1/messages/batches";
    private const int PageSize = 100;

    private readonly ChatConnection connection = new("anthropic", settings, "ANTHROPIC_BASE_URL", environment, time);

    /// <summary>The key, to be kept out of everything that is written; null when none was needed yet.</summary>
    public string? Key => connection.Key;

    /// <summary>Tells one key at one address from another.</summary>
    public string Account => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"muster batches {Address} {connection.KeyOf(KeyVariable, needsKey: true)}")))[..12];

    private Uri Address => connection.Address ?? new("https://api.anthropic.com");

    /// <summary>Makes sure that there is a key.</summary>
    /// <exception cref="ProviderSetupException">There is none.</exception>
    public void RequireKey() => connection.KeyOf(KeyVariable, needsKey: true);

    /// <summary>Makes a batch.</summary>
    public async Task<BatchState> MakeAsync(IReadOnlyList<(BatchKey Key, byte[] Request)> requests, CancellationToken cancellationToken)
    {
        using var body = new BatchBody(requests);
        return BatchState.Read(await ExchangeAsync(HttpMethod.Post, Path, body, options.Upload, cancellationToken));
    }

    /// <summary>Looks at one.</summary>
    public async Task<BatchState> LookAsync(string id, CancellationToken cancellationToken) =>
        BatchState.Read(await ExchangeAsync(HttpMethod.Get, $"{Path}/{Uri.EscapeDataString(id)}", null, options.Silence, cancellationToken));

    /// <summary>Asks for the end of one: what has not begun in it is not done.</summary>
    public Task CancelAsync(string id, CancellationToken cancellationToken) =>
        ExchangeAsync(HttpMethod.Post, $"{Path}/{Uri.EscapeDataString(id)}/cancel", null, options.Silence, cancellationToken);

    /// <summary>The account's batches, the newest first.</summary>
    public async IAsyncEnumerable<BatchState> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (string? after = null; ;)
        {
            var page = await ExchangeAsync(HttpMethod.Get, $"{Path}?limit={PageSize}{(after is null ? string.Empty : $"&after_id={Uri.EscapeDataString(after)}")}", null, options.Silence, cancellationToken);
            var batches = page.TryGetProperty("data", out var data) && data.ValueKind is JsonValueKind.Array ? data.EnumerateArray().Select(BatchState.Read).ToList() : throw new JsonException("the provider's answer is no list of batches");
            foreach (var batch in batches)
            {
                yield return batch;
            }

            if (batches.Count == 0 || !page.TryGetProperty("has_more", out var more) || more.ValueKind is not JsonValueKind.True)
            {
                yield break;
            }

            after = batches[^1].Id;
        }
    }

    /// <summary>The results of one that has ended, in no order, as they arrive.</summary>
    public async IAsyncEnumerable<(BatchKey? Key, BatchAnswer Answer)> ResultsAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Silence, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var request = Request(HttpMethod.Get, $"{Path}/{Uri.EscapeDataString(id)}/results", null);
        using var response = await connection.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
        await using var stream = await response.Content.ReadAsStreamAsync(both.Token);
        await foreach (var line in JsonSerializer.DeserializeAsyncEnumerable<JsonElement>(stream, topLevelValues: true, cancellationToken: both.Token))
        {
            limit.CancelAfter(options.Silence);
            yield return BatchAnswer.Read(line);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => connection.Dispose();

    private async Task<JsonElement> ExchangeAsync(HttpMethod method, string path, HttpContent? body, TimeSpan most, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(most, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var request = Request(method, path, body);
        try
        {
            using var response = await connection.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
            await using var stream = await response.Content.ReadAsStreamAsync(both.Token);
            using var json = await JsonDocument.ParseAsync(stream, cancellationToken: both.Token);
            return json.RootElement.Clone();
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"the provider was silent for {most.TotalSeconds:N0} s", e);
        }
    }

    private HttpRequestMessage Request(HttpMethod method, string path, HttpContent? body)
    {
        var request = new HttpRequestMessage(method, new Uri($"{Address.AbsoluteUri.TrimEnd('/')}/{path}")) { Content = body };
        request.Headers.Add("x-api-key", connection.KeyOf(KeyVariable, needsKey: true));
        request.Headers.Add("anthropic-version", Version);
        return request;
    }
}
