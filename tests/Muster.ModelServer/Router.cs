using Microsoft.AspNetCore.Http;
using Muster.Loopback.Batches;
using Muster.Loopback.Dialects;
using Muster.Loopback.Scripting;

namespace Muster.Loopback;

/// <summary>Finds who answers a path.</summary>
internal sealed class Router
{
    private readonly ModelServerOptions options;
    private readonly Storms storms;
    private readonly ModelCalls calls;
    private readonly BatchApi batches;
    private readonly AnthropicDialect anthropic = new();
    private readonly OpenAiChatDialect chat = new();
    private readonly OpenAiResponsesDialect responses = new();
    private readonly GeminiDialect gemini = new();

    public Router(ModelServerOptions options)
    {
        this.options = options;
        storms = new(options.Time);
        foreach (var storm in options.Script.Storms)
        {
            storms.Add(storm);
        }

        calls = new(options, storms);
        batches = new(options, calls, anthropic);
    }

    public void Begin(Storm storm) => storms.Add(storm);

    public Task AnswerAsync(HttpContext context, byte[] body, int inFlight, CancellationToken cancellationToken)
    {
        var path = context.Request.Path.Value!.TrimEnd('/');
        var dialect = DialectOf(path);
        if (path.Length == 0)
        {
            return Task.CompletedTask; // Some clients look whether anybody is there.
        }

        var call = new ModelCall(context, path, body, inFlight, dialect ?? anthropic);
        if (Refusal(context.Request, body) is { } refusal)
        {
            return calls.RefuseAsync(call, refusal, cancellationToken);
        }

        if (path.StartsWith("/v1/messages/batches", StringComparison.Ordinal))
        {
            return batches.AnswerAsync(call, cancellationToken);
        }

        if (IsCount(path))
        {
            return calls.CountAsync(call, cancellationToken);
        }

        if (dialect is not null && HttpMethods.IsPost(context.Request.Method))
        {
            return calls.AnswerAsync(call, cancellationToken);
        }

        return path.Contains("/models", StringComparison.Ordinal) && HttpMethods.IsGet(context.Request.Method)
            ? ModelList.WriteAsync(context.Response, path, cancellationToken)
            : calls.RefuseAsync(call, new StepFault { Status = 404, Message = $"There is no {context.Request.Method} {path} here." }, cancellationToken);
    }

    private IDialect? DialectOf(string path) => path switch
    {
        _ when path.StartsWith("/v1/messages", StringComparison.Ordinal) => anthropic,
        _ when path.EndsWith("/chat/completions", StringComparison.Ordinal) => chat,
        _ when path.EndsWith("/responses", StringComparison.Ordinal) => responses,
        _ when path.Contains("/models/", StringComparison.Ordinal) && path.Contains(':', StringComparison.Ordinal) => gemini,
        _ => null,
    };

    private static bool IsCount(string path) =>
        path.EndsWith("/count_tokens", StringComparison.Ordinal) || path.EndsWith(":countTokens", StringComparison.Ordinal);

    /// <summary>Who has no key is refused as by the real ones; and a body that is too large, save for batches.</summary>
    private StepFault? Refusal(HttpRequest request, byte[] body)
    {
        var key = (string?)request.Headers["x-api-key"] ?? (string?)request.Headers["x-goog-api-key"] ?? (string?)request.Query["key"]
            ?? ((string?)request.Headers.Authorization)?.Replace("Bearer ", string.Empty, StringComparison.OrdinalIgnoreCase);
        return key is null or "" || (options.Key is { } only && key != only) ? new StepFault { Status = 401 }
            : body.Length > 32 << 20 && !request.Path.StartsWithSegments("/v1/messages/batches") ? new StepFault { Status = 413 }
            : null;
    }
}
