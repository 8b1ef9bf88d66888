using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Muster.Loopback;

/// <summary><c>GET /v1/models</c>: one list that Anthropic's, OpenAI's and Gemini's clients all read.</summary>
internal static class ModelList
{
    private const string Created = "2026-01-01T00:00:00Z";

    private static readonly string[] Names =
        ["claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5", "gpt-5.5", "gemini-2.5-flash", "gemini-2.5-pro", "rehearsed"];

    public static async Task WriteAsync(HttpResponse response, string path, CancellationToken cancellationToken)
    {
        var one = path.IndexOf("/models/", StringComparison.Ordinal) is >= 0 and var at ? path[(at + "/models/".Length)..] : null;
        using var stream = EventStream.Whole(json =>
        {
            json.WriteStartObject();
            if (one is not null)
            {
                Describe(one, json);
            }
            else
            {
                json.WriteString("object", "list");
                List("data", json);
                List("models", json); // Gemini's name of it.
                json.WriteBoolean("has_more", false);
                json.WriteString("first_id", Names[0]);
                json.WriteString("last_id", Names[^1]);
            }

            json.WriteEndObject();
        });
        response.ContentType = "application/json";
        response.ContentLength = stream.Bytes.Length;
        await response.Body.WriteAsync(stream.Bytes, cancellationToken);
    }

    private static void List(string name, Utf8JsonWriter json)
    {
        json.WriteStartArray(name);
        foreach (var model in Names)
        {
            json.WriteStartObject();
            Describe(model, json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Describe(string model, Utf8JsonWriter json)
    {
        json.WriteString("id", model);
        json.WriteString("name", "models/" + model);
        json.WriteString("type", "model");
        json.WriteString("object", "model");
        json.WriteString("display_name", model);
        json.WriteString("created_at", Created);
        json.WriteNumber("created", 1_767_225_600);
        json.WriteString("owned_by", "rehearsal");
    }
}
