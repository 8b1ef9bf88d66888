using System.Text.Json;
using Muster.Loopback.Dialects;
using Muster.Loopback.Scripting;

namespace Muster.Loopback.Batches;

/// <summary>How one request of a batch ended.</summary>
/// <param name="CustomId">Of the request.</param>
/// <param name="Kind">succeeded, errored, canceled or expired.</param>
/// <param name="Reply">What a request that succeeded was answered.</param>
/// <param name="Error">Why one errored.</param>
internal sealed record BatchResult(string CustomId, string Kind, Reply? Reply, StepFault Error)
{
    /// <summary>Time between the line before and its own.</summary>
    public TimeSpan Delay { get; init; }

    public void Write(IDialect dialect, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("custom_id", CustomId);
        json.WriteStartObject("result");
        json.WriteString("type", Kind);
        if (Kind is "succeeded")
        {
            json.WritePropertyName("message");
            dialect.WriteWhole(Reply!, json);
        }
        else if (Kind is "errored")
        {
            json.WritePropertyName("error");
            dialect.WriteError(Error, "req_batch", json);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
