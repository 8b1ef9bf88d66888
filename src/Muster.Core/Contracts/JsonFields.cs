using System.Collections.Immutable;

namespace Muster.Contracts;

/// <summary>Reads the values of one file's JSON in the form that each key wants, and tells what has another.</summary>
internal sealed class JsonFields(string file, ContractProblems problems)
{
    public void Error(JsonPart at, string message, string nextStep) => problems.Error(file, at.Line, at.Column, message, nextStep);

    /// <summary>An object's values by key; keys that are not known are told and left out. Null where it is no object.</summary>
    public Dictionary<string, JsonPart>? Fields(JsonPart part, IReadOnlyCollection<string> known, IEnumerable<string> required, string what)
    {
        if (part is not JsonPart.Map map)
        {
            Error(part, $"This is {part.Kind} where {what} belongs.", $"Write {what} as an object with the keys {string.Join(", ", known)}.");
            return null;
        }

        foreach (var (key, _) in map.Entries.Where(e => !known.Contains(e.Key.Value)))
        {
            Error(key, $"'{ContractProblems.Shown(key.Value)}' is no key of {what}.", $"The keys are: {string.Join(", ", known)}.");
        }

        var fields = map.Entries.Where(e => known.Contains(e.Key.Value)).ToDictionary(e => e.Key.Value, e => e.Value, StringComparer.Ordinal);
        foreach (var key in required.Where(key => !fields.ContainsKey(key)))
        {
            Error(part, $"'{key}' is missing in {what}.", $"Add \"{key}\" here.");
        }

        return fields;
    }

    /// <summary>A text that is not empty and not longer than allowed; null, and told, where it is not. Null, and not told, where there is no part.</summary>
    public string? Text(JsonPart? part, int most)
    {
        switch (part)
        {
            case null:
                return null;
            case JsonPart.Text { Value: var text } when !string.IsNullOrWhiteSpace(text) && text.Length <= most:
                return text;
            case JsonPart.Text { Value.Length: var length } when length > most:
                Error(part, $"This text has {length:N0} characters; at most {most:N0} are read.", "Write it shorter.");
                return null;
            default:
                Error(part, $"This is {(part is JsonPart.Text ? "empty" : part.Kind)} where a text belongs.", "Write a text in quotes.");
                return null;
        }
    }

    /// <summary>The items of a list; none, and told, where it is no list or has too many.</summary>
    public ImmutableArray<JsonPart> Items(JsonPart? part, int most, string what)
    {
        switch (part)
        {
            case null:
                return [];
            case JsonPart.List list when list.Items.Length <= most:
                return list.Items;
            case JsonPart.List list:
                Error(part, $"This list has {list.Items.Length:N0} items; at most {most:N0} are read.", $"Write fewer {what}.");
                return [];
            default:
                Error(part, $"This is {part.Kind} where a list of {what} belongs.", "Write a list in brackets.");
                return [];
        }
    }

    /// <summary>One of a few words.</summary>
    public string? Choice(JsonPart? part, string what, params string[] choices)
    {
        if (Text(part, 1_000) is not { } text)
        {
            return null;
        }

        if (choices.Contains(text))
        {
            return text;
        }

        Error(part!, $"'{ContractProblems.Shown(text)}' is no {what}.", $"Write one of: {string.Join(", ", choices)}.");
        return null;
    }

    /// <summary>The version key must stand where <see cref="ContractVersion"/> looks for it.</summary>
    public void Version(JsonPart? part, string text)
    {
        if (part is not null && (part is not JsonPart.Word { Value: var word } || word != $"{ContractVersion.Of(file, text)}"))
        {
            Error(part, "This version cannot be read.", "Write a whole number from 1 to 999999, before any list or object of the file.");
        }
    }
}
