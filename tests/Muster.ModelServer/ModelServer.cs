using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Muster.Loopback.Scripting;

namespace Muster.Loopback;

/// <summary>Speaks the model providers' APIs on 127.0.0.1 and thinks nothing: prompts and scripts say what it answers.</summary>
/// <remarks>
/// A prompt with <c>&lt;&lt;FAKE [ … ] FAKE&gt;&gt;</c> is answered by the steps in it, the prompt of a Muster task by doing the task well
/// (or as <see cref="ModelServerOptions.Script"/> has it), anything else by a line of text. Which step is next is read from the
/// conversation, so any number of agents talk to one server at once, and a restarted one goes on.
/// </remarks>
public sealed class ModelServer : IAsyncDisposable
{
    /// <summary>Larger than the largest body that a provider takes: Message Batches end at 256 MB.</summary>
    private const long MostBytes = 272L << 20;

    private readonly WebApplication app;
    private readonly ModelServerOptions options;
    private readonly ConcurrentQueue<RecordedRequest> requests = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly Router router;
    private int inFlight;
    private int mostInFlight;
    private long answered;

    private ModelServer(ModelServerOptions options)
    {
        this.options = options;
        router = new(options);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, options.Port);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MostBytes;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null; // A silent stream is a fault to be tried, not to be cured here.
        });
        app = builder.Build();
        app.Run(AnswerAsync);
    }

    /// <summary>Where it listens, without a path.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Every request so far, in the order in which their bodies had been read.</summary>
    public IReadOnlyCollection<RecordedRequest> Requests => requests;

    /// <summary>Requests that are being answered now.</summary>
    public int InFlight => Volatile.Read(ref inFlight);

    /// <summary>Most requests that were in flight at the same time.</summary>
    public int MostInFlight => Volatile.Read(ref mostInFlight);

    /// <summary>Requests so far, recorded or not.</summary>
    public long Answered => Interlocked.Read(ref answered);

    /// <summary>Starts a server; it stops when it is disposed.</summary>
    public static async Task<ModelServer> StartAsync(ModelServerOptions? options = null)
    {
        var server = new ModelServer(options ?? new());
        await server.app.StartAsync();
        var addresses = server.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        server.Address = new Uri(addresses.Single());
        return server;
    }

    /// <summary>Lets a storm of errors begin now.</summary>
    public void Begin(Storm storm) => router.Begin(storm);

    /// <summary>Cuts what hangs, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await app.StopAsync();
        await app.DisposeAsync();
        stopping.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var now = Interlocked.Increment(ref inFlight);
        try
        {
            for (var most = mostInFlight; now > most; most = mostInFlight)
            {
                Interlocked.CompareExchange(ref mostInFlight, now, most);
            }

            Interlocked.Increment(ref answered);
            using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping.Token);
            var body = await ReadAsync(context.Request, gone.Token);
            if (options.RecordsRequests)
            {
                requests.Enqueue(new(
                    context.Request.Method,
                    context.Request.Path + context.Request.QueryString,
                    context.Request.Headers.ToImmutableDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
                    body,
                    options.Time.GetUtcNow(),
                    now));
            }

            await router.AnswerAsync(context, body, now, gone.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            context.Abort(); // The client went away, or the server stops: nobody is left to be told.
        }
        finally
        {
            Interlocked.Decrement(ref inFlight);
        }
    }

    private static async ValueTask<byte[]> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength is { } length and <= MostBytes)
        {
            var body = new byte[length];
            await request.Body.ReadExactlyAsync(body, cancellationToken);
            return body;
        }

        using var all = new MemoryStream();
        await request.Body.CopyToAsync(all, cancellationToken);
        return all.ToArray();
    }
}
