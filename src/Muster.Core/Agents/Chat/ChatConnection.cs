using System.Collections.Concurrent;
using Microsoft.Extensions.AI;
using Muster.Settings;

namespace Muster.Agents.Chat;

/// <summary>One credential at one address, and what is shared by all that use it. Nothing is looked up before the first request.</summary>
internal sealed class ChatConnection : IDisposable
{
    private readonly string agent;
    private readonly AgentSettings settings;
    private readonly string addressVariable;
    private readonly Func<string, string?> environment;
    private readonly Lazy<HttpClient> http;
    private readonly ConcurrentDictionary<string, IChatClient> clients = new(StringComparer.Ordinal);

    /// <summary>A connection that nobody has used yet.</summary>
    /// <param name="agent">The agent's name.</param>
    /// <param name="settings">What the user set for it.</param>
    /// <param name="addressVariable">The variable that the provider's own tools read the address from.</param>
    /// <param name="environment">Reads a variable of the environment.</param>
    /// <param name="time">Time.</param>
    public ChatConnection(string agent, AgentSettings settings, string addressVariable, Func<string, string?> environment, TimeProvider time)
    {
        (this.agent, this.settings, this.addressVariable, this.environment) = (agent, settings, addressVariable, environment);
        (Limits, Prefixes) = (new(time), new(time));
        http = new(() => new(new ReplyHandler(Limits, time)
        {
            InnerHandler = new SocketsHttpHandler
            {
                AllowAutoRedirect = false, // A key is sent to the address that the user named and to no other.
                PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            }
        })
        {
            Timeout = Timeout.InfiniteTimeSpan, // The watch ends what is silent; what goes on may take its time.
        });
    }

    /// <summary>What the credential may send now.</summary>
    public ProviderLimits Limits { get; }

    /// <summary>Staggers requests that begin alike.</summary>
    public PrefixGate Prefixes { get; }

    /// <summary>The key; null when none was needed yet.</summary>
    public string? Key { get; private set; }

    /// <summary>For the provider's client.</summary>
    public HttpClient Http => http.Value;

    /// <summary>Where requests go; null: where the provider's client sends them by itself.</summary>
    public Uri? Address => settings.BaseUrl
        ?? (Uri.TryCreate(environment(addressVariable), UriKind.Absolute, out var address) ? address : null);

    /// <summary>The client for a model, made once.</summary>
    /// <param name="model">The model's own name.</param>
    /// <param name="keyVariable">Where the key is, unless the user set another variable.</param>
    /// <param name="needsKey">Whether there must be one.</param>
    /// <param name="make">Makes it from the key.</param>
    /// <exception cref="ProviderSetupException">There must be a key, and none is set.</exception>
    public IChatClient ClientOf(string model, string keyVariable, bool needsKey, Func<string, IChatClient> make)
    {
        var key = KeyOf(keyVariable, needsKey);
        return clients.GetOrAdd(model, _ => make(key ?? "none"));
    }

    /// <summary>The key; null where none is set and none must be.</summary>
    /// <param name="keyVariable">Where it is, unless the user set another variable.</param>
    /// <param name="needsKey">Whether there must be one.</param>
    /// <exception cref="ProviderSetupException">There must be a key, and none is set.</exception>
    public string? KeyOf(string keyVariable, bool needsKey)
    {
        var variable = settings.KeyVariable ?? keyVariable;
        Key ??= environment(variable) is { Length: > 0 } key ? key : null;
        return Key is null && needsKey ? throw ProviderSetupException.NoKey(agent, variable) : Key;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var client in clients.Values)
        {
            client.Dispose();
        }

        if (http.IsValueCreated)
        {
            http.Value.Dispose();
        }
    }
}
