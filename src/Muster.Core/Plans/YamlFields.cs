using System.Collections.Immutable;
using System.Globalization;

namespace Muster.Plans;

/// <summary>Reads the values of YAML mappings in the form that each key wants, and tells what has another.</summary>
internal sealed class YamlFields(ProblemList problems)
{
    /// <summary>A mapping's values by key; keys that are not known are told and left out. Null where it is no mapping.</summary>
    public Dictionary<string, PlanNode>? Fields(PlanNode node, IReadOnlyCollection<string> known, string what)
    {
        if (node is not PlanNode.Map map)
        {
            problems.Error(node, $"This is {node.Kind} where {what} belongs.", $"Write {what} as keys and values: {string.Join(", ", known)}.");
            return null;
        }

        foreach (var (key, _) in map.Entries)
        {
            if (!known.Contains(key.Text))
            {
                problems.Error(key, $"'{key.Text}' is no key of {what}.", NearestName.Advice(key.Text, known, "keys"));
            }
        }

        return map.Entries.Where(e => known.Contains(e.Key.Text)).ToDictionary(e => e.Key.Text, e => e.Value, StringComparer.Ordinal);
    }

    /// <summary>A value that must be there; null, and told, where it is not.</summary>
    public PlanNode? Required(Dictionary<string, PlanNode> fields, string key, PlanNode of, string? why = null)
    {
        if (fields.TryGetValue(key, out var value))
        {
            return value;
        }

        problems.Error(of, $"'{key}' is missing.", why is null ? $"Add '{key}:' here." : $"Add '{key}:' here; {why}.");
        return null;
    }

    /// <summary>A text that is not empty.</summary>
    public string? Text(PlanNode node)
    {
        if (node is PlanNode.Scalar { Text.Length: > 0 } scalar)
        {
            return scalar.Text;
        }

        problems.Error(node, $"This is {(node is PlanNode.Scalar ? "empty" : node.Kind)} where a text belongs.", "Write a text; put it in quotes if it has special characters.");
        return null;
    }

    /// <summary>A list of texts, or one alone.</summary>
    public ImmutableArray<string> Texts(PlanNode? node, Func<PlanNode, string, bool>? isGood = null) => node switch
    {
        null => [],
        PlanNode.List list => [.. list.Items.Select(item => (item, Text(item))).Where(t => t.Item2 is { } text && isGood?.Invoke(t.item, text) is not false).Select(t => t.Item2!)],
        _ => Text(node) is { } one && isGood?.Invoke(node, one) is not false ? [one] : [],
    };

    /// <summary>A duration above zero.</summary>
    public TimeSpan? Span(PlanNode? node)
    {
        if (node is null || Text(node) is not { } text)
        {
            return null;
        }

        if (Duration.TryParse(text, out var span) && span > TimeSpan.Zero)
        {
            return span;
        }

        problems.Error(node, $"'{text}' is no duration above zero.", "Write it like 90s, 5m or 1h30m, at most 365d.");
        return null;
    }

    /// <summary>A day.</summary>
    public DateOnly? Day(PlanNode? node)
    {
        if (node is null || Text(node) is not { } text)
        {
            return null;
        }

        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return day;
        }

        problems.Error(node, $"'{text}' is no day.", "Write it like 2026-11-25.");
        return null;
    }

    /// <summary>A number; k, M and G stand for thousands, millions and thousands of millions.</summary>
    public decimal? Number(PlanNode? node, decimal least, decimal most, bool whole = false)
    {
        if (node is null || Text(node) is not { } text)
        {
            return null;
        }

        if (Quantity.TryParse(text, out var value) && value >= least && value <= most && (!whole || decimal.IsInteger(value)))
        {
            return value;
        }

        problems.Error(node, $"'{text}' is no {(whole ? "whole " : string.Empty)}number from {least:0} to {most:0}.", "Write it like 200, 3M or 2.50.");
        return null;
    }

    /// <summary>Yes or no; no where nothing is said.</summary>
    public bool Flag(PlanNode? node) => Choice(node, "true", "false") == "true";

    /// <summary>One of a few words.</summary>
    public string? Choice(PlanNode? node, params string[] choices)
    {
        if (node is null || Text(node) is not { } text)
        {
            return null;
        }

        if (choices.Contains(text))
        {
            return text;
        }

        problems.Error(node, $"'{text}' is none of {string.Join(", ", choices)}.", NearestName.Advice(text, choices, "choices"));
        return null;
    }
}
