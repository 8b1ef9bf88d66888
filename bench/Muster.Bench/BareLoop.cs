using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;

namespace Muster.Bench;

/// <summary>Requests that an agent had sent, sent again by an HttpClient and nothing else, each response read to its end.</summary>
internal sealed partial class BareLoop : IDisposable
{
    private readonly HttpClient http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly Uri address;

    public BareLoop(Uri server) => address = new(server, "v1/messages");

    /// <summary>So many calls, so many at once; the bodies in turn.</summary>
    public async Task RunAsync(IReadOnlyList<ReadOnlyMemory<byte>> bodies, int calls, int parallel)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, parallel).Select(async _ =>
        {
            var buffer = new byte[16_384];
            for (int i; (i = Interlocked.Increment(ref next)) < calls;)
            {
                using var response = await SendAsync(bodies[i % bodies.Count]);
                await using var stream = await response.Content.ReadAsStreamAsync();
                while (await stream.ReadAsync(buffer) > 0)
                {
                }
            }
        }));
    }

    /// <summary>One call.</summary>
    /// <returns>Tokens of its prompt in all, and those that the server read from its cache.</returns>
    public async Task<(long Prompt, long Read)> CountAsync(ReadOnlyMemory<byte> body)
    {
        using var response = await SendAsync(body);
        var text = await response.Content.ReadAsStringAsync();
        long Of(string name) => long.Parse(Regex.Match(text, $"\"{name}\":([0-9]+)").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        var read = Of("cache_read_input_tokens");
        return (Of("input_tokens") + Of("cache_creation_input_tokens") + read, read);
    }

    /// <summary>The attempt that a request is of, by the directory that its prompt names.</summary>
    public static string AttemptOf(ReadOnlyMemory<byte> body) => AttemptPattern().Match(Encoding.UTF8.GetString(body.Span)).Value;

    public void Dispose() => http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(ReadOnlyMemory<byte> body)
    {
        using var content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = content, Headers = { { "x-api-key", ChatRun.Key }, { "anthropic-version", "2023-06-01" } } };
        return (await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead)).EnsureSuccessStatusCode();
    }

    [GeneratedRegex("attempts/[^\"\\\\ ]+")]
    private static partial Regex AttemptPattern();
}
