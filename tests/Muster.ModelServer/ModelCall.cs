using Microsoft.AspNetCore.Http;
using Muster.Loopback.Dialects;

namespace Muster.Loopback;

/// <summary>A request on its way.</summary>
/// <param name="Context">Where it came from and is answered.</param>
/// <param name="Path">Without the query and without a slash at its end.</param>
/// <param name="Body">All of it.</param>
/// <param name="InFlight">Requests in the server, this one among them.</param>
/// <param name="Dialect">In whose words it is answered.</param>
internal sealed record ModelCall(HttpContext Context, string Path, ReadOnlyMemory<byte> Body, int InFlight, IDialect Dialect)
{
    public string RequestId { get; } = $"req_{Random.Shared.NextInt64():x16}";
}
