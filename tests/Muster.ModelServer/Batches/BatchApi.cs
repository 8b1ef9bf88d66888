using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using Muster.Loopback.Dialects;
using Muster.Loopback.Scripting;

namespace Muster.Loopback.Batches;

/// <summary>Anthropic Message Batches: <c>/v1/messages/batches</c>.</summary>
internal sealed class BatchApi(ModelServerOptions options, ModelCalls calls, AnthropicDialect dialect)
{
    private const string Root = "/v1/messages/batches";
    private const int DefaultPage = 20;

    private readonly ConcurrentDictionary<string, Batch> batches = new(StringComparer.Ordinal);
    private int made;
    private int tried;

    public Task AnswerAsync(ModelCall call, CancellationToken cancellationToken)
    {
        var words = call.Path[Root.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries);
        var batch = words.Length > 0 ? batches.GetValueOrDefault(words[0]) : null;
        return (call.Context.Request.Method, words) switch
        {
            ("POST", []) => MakeAsync(call, cancellationToken),
            ("GET", []) => ListAsync(call, cancellationToken),
            (_, [var id, ..]) when batch is null => Refuse(404, $"There is no batch {id}."),
            ("GET", [_]) => TellAsync(call, batch!, cancellationToken),
            ("POST", [_, "cancel"]) => CancelAsync(call, batch!, cancellationToken),
            ("GET", [_, "results"]) when batch!.Status(options.Time.GetUtcNow()) is not "ended" => Refuse(404, "The batch has not ended; its results are not there yet."),
            ("GET", [_, "results"]) => ResultsAsync(call, batch!, cancellationToken),
            ("DELETE", [_]) => DeleteAsync(call, batch!, cancellationToken),
            _ => Refuse(404, $"There is no {call.Context.Request.Method} {call.Path}."),
        };

        Task Refuse(int status, string message) => calls.RefuseAsync(call, new() { Status = status, Message = message }, cancellationToken);
    }

    private async Task MakeAsync(ModelCall call, CancellationToken cancellationToken)
    {
        var planned = Interlocked.Increment(ref tried) - 1 is var index && index < options.Script.Batches.Length ? options.Script.Batches[index] : null;
        if (planned is { IsMade: false })
        {
            await FailAsync(call, planned.Fault!, cancellationToken);
            return;
        }

        ImmutableArray<BatchRequest> requests;
        try
        {
            using var body = JsonDocument.Parse(call.Body);
            requests = [.. body.RootElement.GetProperty("requests").EnumerateArray()
                .Select(r => new BatchRequest(r.GetProperty("custom_id").GetString()!, r.GetProperty("params").Clone()))];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            await calls.RefuseAsync(call, new() { Status = 400, Message = $"requests: {e.Message}" }, cancellationToken);
            return;
        }

        if (requests.IsEmpty || requests.DistinctBy(r => r.CustomId).Count() < requests.Length)
        {
            await calls.RefuseAsync(call, new() { Status = 400, Message = "requests: at least one, each with a custom_id of its own" }, cancellationToken);
            return;
        }

        var batch = new Batch($"msgbatch_{Random.Shared.NextInt64():x16}", Interlocked.Increment(ref made), requests, options.Time.GetUtcNow(), options.BatchDuration) { CutsResults = planned is { CutsResults: true } };
        batches[batch.Id] = batch;
        if (planned?.Fault is { } fault)
        {
            await FailAsync(call, fault, cancellationToken);
            return;
        }

        await TellAsync(call, batch, cancellationToken);
    }

    private Task FailAsync(ModelCall call, StepFault fault, CancellationToken cancellationToken)
    {
        if (fault.Status > 0)
        {
            return calls.RefuseAsync(call, fault, cancellationToken);
        }

        if (fault.Stream is StreamFault.Hang)
        {
            return Task.Delay(Timeout.InfiniteTimeSpan, options.Time, cancellationToken);
        }

        call.Context.Abort();
        return Task.CompletedTask;
    }

    private Task ListAsync(ModelCall call, CancellationToken cancellationToken)
    {
        var query = call.Context.Request.Query;
        var limit = int.TryParse(query["limit"], out var wanted) ? Math.Clamp(wanted, 1, 1_000) : DefaultPage;
        var all = batches.Values.OrderByDescending(b => b.Number).ToList();
        var after = (string?)query["after_id"];
        var rest = after is null ? all : [.. all.SkipWhile(b => b.Id != after).Skip(1)];
        var page = rest.Take(limit).ToList();
        return SendAsync(call, json =>
        {
            json.WriteStartArray("data");
            foreach (var batch in page)
            {
                json.WriteStartObject();
                Describe(call, batch, json);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteBoolean("has_more", rest.Count > page.Count);
            json.WriteString("first_id", page.FirstOrDefault()?.Id);
            json.WriteString("last_id", page.LastOrDefault()?.Id);
        }, cancellationToken);
    }

    private Task TellAsync(ModelCall call, Batch batch, CancellationToken cancellationToken) =>
        SendAsync(call, json => Describe(call, batch, json), cancellationToken);

    private Task CancelAsync(ModelCall call, Batch batch, CancellationToken cancellationToken)
    {
        batch.Cancel(options.Time.GetUtcNow());
        return TellAsync(call, batch, cancellationToken);
    }

    private Task DeleteAsync(ModelCall call, Batch batch, CancellationToken cancellationToken)
    {
        batches.TryRemove(batch.Id, out _);
        return SendAsync(call, json =>
        {
            json.WriteString("id", batch.Id);
            json.WriteString("type", "message_batch_deleted");
        }, cancellationToken);
    }

    /// <summary>One line a request, in another order than they were sent, for none is promised.</summary>
    private async Task ResultsAsync(ModelCall call, Batch batch, CancellationToken cancellationToken)
    {
        var response = call.Context.Response;
        response.ContentType = "application/x-jsonl";
        var results = batch.Results(Outcome);
        var left = batch.TakeCut() ? results.Length / 2 : int.MaxValue;
        foreach (var result in results.Reverse())
        {
            if (left-- == 0)
            {
                await response.Body.WriteAsync("{\"custom_id\":"u8.ToArray(), cancellationToken);
                await response.Body.FlushAsync(cancellationToken);
                call.Context.Abort();
                return;
            }

            if (result.Delay > TimeSpan.Zero)
            {
                await response.Body.FlushAsync(cancellationToken);
                await Task.Delay(result.Delay, options.Time, cancellationToken);
            }

            using var line = EventStream.Whole(json => result.Write(dialect, json));
            await response.Body.WriteAsync(line.Bytes, cancellationToken);
            await response.Body.WriteAsync("\n"u8.ToArray(), cancellationToken);
        }
    }

    private BatchResult Outcome(BatchRequest request)
    {
        try
        {
            var (step, fault, reply) = calls.Reply(dialect.Read(request.Params, Root));
            return fault.Status > 0
                ? new(request.CustomId, "errored", null, fault)
                : new(request.CustomId, step.Batch, reply, StepFault.None with { Status = 500 }) { Delay = step.Delay };
        }
        catch (ScriptFormatException e)
        {
            return new(request.CustomId, "errored", null, new() { Status = 400, Message = e.Message });
        }
    }

    private void Describe(ModelCall call, Batch batch, Utf8JsonWriter json)
    {
        var now = options.Time.GetUtcNow();
        var status = batch.Status(now);
        json.WriteString("id", batch.Id);
        json.WriteString("type", "message_batch");
        json.WriteString("processing_status", status);
        json.WriteStartObject("request_counts");
        var counts = status is "ended" ? batch.Results(Outcome).CountBy(r => r.Kind).ToDictionary() : [];
        json.WriteNumber("processing", status is "ended" ? 0 : batch.Requests.Length);
        foreach (var kind in (ReadOnlySpan<string>)["succeeded", "errored", "canceled", "expired"])
        {
            json.WriteNumber(kind, counts.GetValueOrDefault(kind));
        }

        json.WriteEndObject();
        Time(json, "created_at", batch.Created);
        Time(json, "expires_at", batch.Created.AddHours(24));
        Time(json, "ended_at", status is "ended" ? batch.Ends : null);
        Time(json, "cancel_initiated_at", batch.Cancelled);
        Time(json, "archived_at", null);
        var request = call.Context.Request;
        json.WriteString("results_url", status is "ended" ? $"{request.Scheme}://{request.Host}{Root}/{batch.Id}/results" : null);
    }

    private static void Time(Utf8JsonWriter json, string name, DateTimeOffset? time) =>
        json.WriteString(name, time?.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ"));

    private async Task SendAsync(ModelCall call, Action<Utf8JsonWriter> properties, CancellationToken cancellationToken)
    {
        using var stream = EventStream.Whole(json =>
        {
            json.WriteStartObject();
            properties(json);
            json.WriteEndObject();
        });
        await calls.SendAsync(call, stream, StepFault.None, isStream: false, cancellationToken);
    }
}
