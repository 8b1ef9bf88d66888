using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Muster.Loopback.Scripting;

namespace Muster.Loopback.Dialects;

/// <summary>How one provider's API says what all of them say.</summary>
internal interface IDialect
{
    /// <summary>What ids of tool calls begin with.</summary>
    string CallPrefix { get; }

    /// <summary>The provider keeps every prefix by itself; otherwise breakpoints say which.</summary>
    bool CachesByItself { get; }

    /// <summary>Reads a request.</summary>
    /// <param name="body">Its body.</param>
    /// <param name="path">Its path, where the model's name may stand.</param>
    Conversation Read(JsonElement body, string path);

    void WriteStream(Reply reply, EventStream stream);

    void WriteWhole(Reply reply, Utf8JsonWriter json);

    void WriteError(StepFault fault, string requestId, Utf8JsonWriter json);

    /// <summary>An error inside a stream that began with 200.</summary>
    void WriteErrorEvent(StepFault fault, EventStream stream);

    /// <summary>Headers that every response has.</summary>
    void SetHeaders(IHeaderDictionary headers, string requestId, Capacity capacity);
}
