using Microsoft.AspNetCore.Http;
using Muster.Loopback.Scripting;

namespace Muster.Loopback;

/// <summary>Sends a response's bytes, whole or with a fault of the stream.</summary>
internal sealed class ResponsePlayer(TimeProvider time)
{
    public async Task PlayAsync(HttpContext context, EventStream stream, StepFault fault, CancellationToken cancellationToken)
    {
        var bytes = stream.Bytes;
        switch (fault.Stream)
        {
            case StreamFault.Empty:
                await context.Response.Body.FlushAsync(cancellationToken);
                break;
            case StreamFault.Cut:
                await SendAsync(context, bytes[..Middle(stream, intoEvent: true)], cancellationToken);
                context.Abort();
                break;
            case StreamFault.CutInCharacter:
                await SendAsync(context, bytes[..InCharacter(bytes.Span)], cancellationToken);
                context.Abort();
                break;
            case StreamFault.Truncated:
                await SendAsync(context, bytes[..Middle(stream, intoEvent: false)], cancellationToken);
                break;
            case StreamFault.Silent or StreamFault.HangInStream:
                var middle = Middle(stream, intoEvent: false);
                await SendAsync(context, bytes[..middle], cancellationToken);
                await Task.Delay(fault.Stream is StreamFault.Silent ? fault.Silence : Timeout.InfiniteTimeSpan, time, cancellationToken);
                await SendAsync(context, bytes[middle..], cancellationToken);
                break;
            default:
                await SendAsync(context, bytes, cancellationToken);
                break;
        }
    }

    /// <summary>Half of the events, at least one; a response with one event is broken in it.</summary>
    public static int Middle(EventStream stream, bool intoEvent)
    {
        var half = Math.Max(1, stream.Ends.Count / 2);
        if (stream.Ends.Count == 1)
        {
            return stream.Bytes.Length / 2;
        }

        var end = stream.Ends[half - 1];
        return intoEvent ? end + ((stream.Ends[half] - end) / 2) : end;
    }

    /// <summary>After the first byte of the last character that has more than one.</summary>
    private static int InCharacter(ReadOnlySpan<byte> bytes)
    {
        var last = bytes.LastIndexOfAnyInRange((byte)0xC2, (byte)0xF4);
        return last < 0 ? bytes.Length / 2 : last + 1;
    }

    private static async Task SendAsync(HttpContext context, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await context.Response.Body.WriteAsync(bytes, cancellationToken);
        await context.Response.Body.FlushAsync(cancellationToken);
    }
}
