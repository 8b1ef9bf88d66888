using System.Collections.Immutable;
using System.Text;

namespace Muster.Loopback;

/// <summary>A request as it arrived.</summary>
/// <param name="Method">GET, POST, …</param>
/// <param name="Path">Path and query.</param>
/// <param name="Headers">By name, in any case.</param>
/// <param name="Content">The body's bytes.</param>
/// <param name="Time">When its body had been read.</param>
/// <param name="InFlight">Requests in the server at that time, this one among them.</param>
public sealed record RecordedRequest(
    string Method, string Path, ImmutableDictionary<string, string> Headers, ReadOnlyMemory<byte> Content, DateTimeOffset Time, int InFlight)
{
    /// <summary>The body as text.</summary>
    public string Body => Encoding.UTF8.GetString(Content.Span);
}
