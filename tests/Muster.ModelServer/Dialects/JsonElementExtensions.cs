using System.Text.Json;

namespace Muster.Loopback.Dialects;

/// <summary>Reading of what may be missing.</summary>
internal static class JsonElementExtensions
{
    extension(JsonElement element)
    {
        /// <summary>A property; undefined where there is none.</summary>
        public JsonElement At(string name) =>
            element.ValueKind is JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

        /// <summary>A property's text; null where there is none.</summary>
        public string? TextAt(string name) => element.At(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

        /// <summary>A property's items; none where there is no list.</summary>
        public IEnumerable<JsonElement> ItemsAt(string name) =>
            element.At(name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : Enumerable.Empty<JsonElement>();
    }
}
