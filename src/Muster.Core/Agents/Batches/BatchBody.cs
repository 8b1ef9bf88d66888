using System.Net;
using System.Text;

namespace Muster.Agents.Batches;

/// <summary>The body of a batch, written from its requests as it is sent: the whole of it never stands in memory twice.</summary>
internal sealed class BatchBody : HttpContent
{
    private readonly IReadOnlyList<(BatchKey Key, byte[] Request)> requests;

    public BatchBody(IReadOnlyList<(BatchKey Key, byte[] Request)> requests)
    {
        this.requests = requests;
        Headers.ContentType = new("application/json");
    }

    /// <summary>Bytes that a request takes in the body.</summary>
    public static long LengthOf(byte[] request) => request.Length + Before(default, isFirst: false).Length + 1;

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync("{\"requests\":["u8.ToArray());
        for (var i = 0; i < requests.Count; i++)
        {
            await stream.WriteAsync(Before(requests[i].Key, isFirst: i == 0));
            await stream.WriteAsync(requests[i].Request);
            await stream.WriteAsync("}"u8.ToArray());
        }

        await stream.WriteAsync("]}"u8.ToArray());
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = "{\"requests\":[]}".Length + requests.Sum(r => LengthOf(r.Request)) - (requests.Count > 0 ? 1 : 0);
        return true;
    }

    private static byte[] Before(BatchKey key, bool isFirst) => Encoding.ASCII.GetBytes($"{(isFirst ? string.Empty : ",")}{{\"custom_id\":\"{key}\",\"params\":");
}
