using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Muster.Loopback.Scripting;

namespace Muster.Tests.Loopback;

/// <summary>The faults of providers (1 to 8) come from the loopback server as the real ones send them.</summary>
public sealed class FaultTests
{
    private const string Path = "/v1/messages";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Faults 1, 2, 4 and 5.</summary>
    [Theory]
    [InlineData("""{"status":429,"headers":{"retry-after":"7"}}""", 429, "rate_limit_error", "7")]
    [InlineData("""{"status":429}""", 429, "rate_limit_error", null)]
    [InlineData("\"spend_limit\"", 429, "enforced_spend_limit_reached", null)]
    [InlineData("\"own_spend_limit\"", 400, "specified API usage limits", null)]
    [InlineData("\"credit_balance\"", 400, "credit balance is too low", null)]
    [InlineData("""{"status":400}""", 400, "invalid_request_error", null)]
    [InlineData("""{"status":401}""", 401, "authentication_error", null)]
    [InlineData("""{"status":402}""", 402, "billing_error", null)]
    [InlineData("""{"status":403}""", 403, "permission_error", null)]
    [InlineData("""{"status":404}""", 404, "not_found_error", null)]
    [InlineData("""{"status":413}""", 413, "request_too_large", null)]
    [InlineData("""{"status":500}""", 500, "api_error", null)]
    [InlineData("""{"status":502}""", 502, "api_error", null)]
    [InlineData("""{"status":503}""", 503, "api_error", null)]
    [InlineData("""{"status":504}""", 504, "timeout_error", null)]
    [InlineData("""{"status":529,"message":"Busy"}""", 529, "Busy", null)]
    public async Task An_error_comes_once_a_try_and_then_the_step(string fault, int status, string words, string? retryAfter)
    {
        await using var client = await LoopbackClient.StartAsync();
        var body = LoopbackClient.Message($$"""<<FAKE [ {"text":"Fine.","errors":[{{fault}}]} ] FAKE>>""", streams: true);

        using var first = await client.PostAsync(Path, body);
        Assert.Equal(status, (int)first.StatusCode);
        Assert.Equal(retryAfter, first.Headers.TryGetValues("retry-after", out var after) ? after.Single() : null);
        Assert.Contains(words, await first.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);

        using var second = await client.PostAsync(Path, body);
        Assert.Contains("Fine.", await second.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"m","messages":[{"role":"user","content":"PROMPT"}]}""", "\"code\":\"insufficient_quota\"")]
    [InlineData("/v1/responses", """{"model":"m","input":"PROMPT"}""", "\"type\":\"insufficient_quota\"")]
    [InlineData("/v1beta/models/m:generateContent", """{"contents":[{"role":"user","parts":[{"text":"PROMPT"}]}]}""", "\"code\":429")]
    public async Task Other_dialects_say_errors_in_their_own_words(string path, string body, string words)
    {
        await using var client = await LoopbackClient.StartAsync();
        var prompt = """<<FAKE [ {"text":"x","fault":"insufficient_quota"} ] FAKE>>""".Replace("\"", "\\\"", StringComparison.Ordinal);

        using var response = await client.PostAsync(path, body.Replace("PROMPT", prompt, StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Contains(words, await response.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }

    /// <summary>Faults 6 and 7: a response that ends before its end, in every dialect.</summary>
    [Theory]
    [InlineData("cut", true)]
    [InlineData("cut_in_character", true)]
    [InlineData("truncated", false)]
    [InlineData("empty", false)]
    public async Task A_stream_ends_before_its_end(string fault, bool isBroken)
    {
        await using var client = await LoopbackClient.StartAsync();
        var prompt = $$"""<<FAKE [ {"text":"{{new string('x', 500)}} Größe","{{fault}}":true} ] FAKE>>""";
        foreach (var (path, body) in Streams(prompt))
        {
            using var response = await client.PostAsync(path, body);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            var (bytes, broken) = await ReadAsync(response);

            Assert.Equal(isBroken, broken);
            Assert.Equal(fault is "empty", bytes.Length == 0);
            var text = Encoding.UTF8.GetString(bytes);
            Assert.DoesNotContain("message_stop", text, StringComparison.Ordinal);
            Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
            Assert.DoesNotContain("response.completed", text, StringComparison.Ordinal);
            Assert.DoesNotContain("finishReason", text, StringComparison.Ordinal);
            Assert.Equal(fault is "cut_in_character", bytes is [.., >= 0xC2]);
        }
    }

    /// <summary>Fault 7.</summary>
    [Fact]
    public async Task An_error_event_comes_after_200_and_half_of_the_message()
    {
        await using var client = await LoopbackClient.StartAsync();
        var prompt = """<<FAKE [ {"text":"A sentence of some length, so that there is a half.","sse_error":{"type":"overloaded_error","message":"Too busy"}} ] FAKE>>""";
        foreach (var (path, body) in Streams(prompt))
        {
            using var response = await client.PostAsync(path, body);
            var text = await response.Content.ReadAsStringAsync(Cancelled);

            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Contains("Too busy", text.Split("data: ")[^1], StringComparison.Ordinal);
            Assert.True(LoopbackClient.Events(text).Count > 1);
        }

        var whole = await client.PostJsonAsync(Path, LoopbackClient.Message(prompt));
        Assert.Equal("end_turn", (string?)whole["stop_reason"]); // claude asks again without a stream, and is answered.
    }

    /// <summary>Fault 8.</summary>
    [Fact]
    public async Task A_stream_is_silent_in_the_middle_and_goes_on()
    {
        var time = new FakeTimeProvider();
        await using var client = await LoopbackClient.StartAsync(new() { Time = time });
        using var response = await client.PostAsync(Path, LoopbackClient.Message("""<<FAKE [ {"text":"Late.","silent_ms":300000} ] FAKE>>""", streams: true));
        using var stream = new StreamReader(await response.Content.ReadAsStreamAsync(Cancelled));
        Assert.Equal("event: message_start", await stream.ReadLineAsync(Cancelled));

        var rest = stream.ReadToEndAsync(Cancelled);
        while (!rest.IsCompleted)
        {
            Assert.Equal(1, client.Server.InFlight);
            time.Advance(TimeSpan.FromMinutes(1)); // Again, for the server may not have begun its wait.
            await Task.WhenAny(rest, Task.Delay(TimeSpan.FromMilliseconds(20), Cancelled));
        }

        Assert.Contains("message_stop", await rest, StringComparison.Ordinal);
    }

    /// <summary>Fault 8: nothing comes at all; who gives up is not counted as in flight any more.</summary>
    [Theory]
    [InlineData("hang")]
    [InlineData("hang_in_stream")]
    public async Task A_call_hangs_until_the_client_goes_away(string fault)
    {
        await using var client = await LoopbackClient.StartAsync();
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var body = LoopbackClient.Message($$"""<<FAKE [ {"text":"Never.","{{fault}}":true} ] FAKE>>""", streams: true);
        var call = ReadToEndAsync();

        await Task.WhenAny(call, Task.Delay(TimeSpan.FromMilliseconds(200), Cancelled));
        Assert.False(call.IsCompleted);
        Assert.Equal(1, client.Server.InFlight);

        await giveUp.CancelAsync();
        await Task.WhenAny(call);
        Assert.True(call.IsCanceled);
        await WaitForAsync(() => client.Server.InFlight == 0);

        async Task<string> ReadToEndAsync()
        {
            using var response = await client.PostUntilAsync(Path, body, giveUp.Token);
            return await response.Content.ReadAsStringAsync(giveUp.Token);
        }
    }

    /// <summary>Fault 3: everybody is refused for a time, or a number of times, whatever the prompts say.</summary>
    [Fact]
    public async Task A_storm_refuses_everybody_and_passes()
    {
        var time = new FakeTimeProvider();
        await using var client = await LoopbackClient.StartAsync(new()
        {
            Time = time,
            Script = ModelScript.Parse("storms: [{fault: overloaded, requests: 2}, {fault: {status: 503}, for_ms: 5000, after_ms: 1000}]"),
        });

        Assert.Equal("529 529 200", await StatusesAsync(client, 3));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("503 503 503", await StatusesAsync(client, 3));
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("200", await StatusesAsync(client, 1));
        client.Server.Begin(new(new() { Status = 500 }, 1, null));
        Assert.Equal("500 200", await StatusesAsync(client, 2));
    }

    /// <summary>What it costs to wait is what lets a benchmark have thousands in flight.</summary>
    [Fact]
    public async Task A_thousand_calls_wait_without_a_thread_each()
    {
        await using var client = await LoopbackClient.StartAsync(new() { RecordsRequests = false });
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var body = LoopbackClient.Message("""<<FAKE [ {"text":"Never.","hang":true} ] FAKE>>""").ToJsonString();

        var calls = Enumerable.Range(0, 1_000).Select(_ => client.PostUntilAsync(Path, body, giveUp.Token)).ToList();
        await WaitForAsync(() => client.Server.InFlight == 1_000);

        Assert.InRange(ThreadPool.ThreadCount, 1, 200);
        Assert.Empty(client.Server.Requests);
        await giveUp.CancelAsync();
        await Task.WhenAny(Task.WhenAll(calls));
        Assert.All(calls, call => Assert.True(call.IsCanceled));
    }

    [Fact]
    public async Task More_in_flight_than_allowed_are_refused()
    {
        await using var client = await LoopbackClient.StartAsync(new() { Latency = TimeSpan.FromMilliseconds(500), MaxInFlight = 3 });

        var responses = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.PostAsync(Path, LoopbackClient.Message("x"))));

        Assert.Equal(3, responses.Count(r => r.StatusCode is HttpStatusCode.OK));
        Assert.All(responses.Where(r => r.StatusCode is not HttpStatusCode.OK), r => Assert.Equal("1", r.Headers.GetValues("retry-after").Single()));
    }

    [Theory]
    [InlineData("max_tokens", "max_tokens", "length")]
    [InlineData("refusal", "refusal", "stop")]
    [InlineData("pause_turn", "pause_turn", "stop")]
    public async Task Reasons_to_stop_are_said_in_the_dialects_words(string stop, string anthropic, string openai)
    {
        await using var client = await LoopbackClient.StartAsync();
        var prompt = $$"""<<FAKE [ {"text":"Half","stop":"{{stop}}"} ] FAKE>>""";

        Assert.Equal(anthropic, (string?)(await client.PostJsonAsync(Path, LoopbackClient.Message(prompt)))["stop_reason"]);
        Assert.Equal(openai, (string?)(await client.PostJsonAsync("/v1/chat/completions", LoopbackClient.Message(prompt)))["choices"]![0]!["finish_reason"]);
    }

    [Theory]
    [InlineData("""<<FAKE [ {"txt":"x"} ] FAKE>>""", "a step has no 'txt'")]
    [InlineData("""<<FAKE [ {"text":"x","errors":["hiccup"]} ] FAKE>>""", "there is no fault 'hiccup'")]
    [InlineData("<<FAKE nothing FAKE>>", "the FAKE block is not what one can be")]
    public async Task A_block_that_says_what_none_can_is_told(string prompt, string words)
    {
        await using var client = await LoopbackClient.StartAsync();
        using var response = await client.PostAsync(Path, LoopbackClient.Message(prompt));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(words, await response.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }

    private static IEnumerable<(string Path, string Body)> Streams(string prompt)
    {
        var text = System.Text.Json.JsonSerializer.Serialize(prompt);
        yield return (Path, $$"""{"model":"m","stream":true,"messages":[{"role":"user","content":{{text}}}]}""");
        yield return ("/v1/chat/completions", $$"""{"model":"m","stream":true,"messages":[{"role":"user","content":{{text}}}]}""");
        yield return ("/v1/responses", $$"""{"model":"m","stream":true,"input":{{text}}}""");
        yield return ("/v1beta/models/m:streamGenerateContent?alt=sse", $$"""{"contents":[{"role":"user","parts":[{"text":{{text}}}]}]}""");
    }

    private static async Task<(byte[] Bytes, bool IsBroken)> ReadAsync(HttpResponseMessage response)
    {
        using var all = new MemoryStream();
        try
        {
            var stream = await response.Content.ReadAsStreamAsync(Cancelled);
            await stream.CopyToAsync(all, Cancelled);
            return (all.ToArray(), false);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return (all.ToArray(), true);
        }
    }

    private static async Task<string> StatusesAsync(LoopbackClient client, int count)
    {
        var statuses = new int[count];
        for (var i = 0; i < count; i++)
        {
            using var response = await client.PostAsync(Path, LoopbackClient.Message("x"));
            statuses[i] = (int)response.StatusCode;
        }

        return string.Join(' ', statuses);
    }

    private static async Task WaitForAsync(Func<bool> holds)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        while (!holds())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), limit.Token);
        }
    }
}
