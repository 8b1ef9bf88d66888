using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Muster.Prompts;

/// <summary>A role's prompt with <c>{placeholders}</c>, replaced in a single pass: values are never expanded again.</summary>
public sealed partial class PromptTemplate
{
    private readonly string name;
    private readonly List<(string Text, string? Placeholder)> parts = [];

    /// <summary>Takes a template apart. <c>{{</c> and <c>}}</c> are literal braces.</summary>
    /// <param name="name">For errors.</param>
    /// <param name="text">The template.</param>
    public PromptTemplate(string name, string text)
    {
        this.name = name;
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        var literal = new StringBuilder();
        var at = 0;
        foreach (var match in PartPattern().EnumerateMatches(text))
        {
            literal.Append(text, at, match.Index - at);
            var part = text.AsSpan(match.Index, match.Length);
            if (part is "{{" or "}}")
            {
                literal.Append(part[0]);
            }
            else
            {
                parts.Add((literal.ToString(), part[1..^1].ToString()));
                literal.Clear();
            }

            at = match.Index + match.Length;
        }

        parts.Add((literal.Append(text, at, text.Length - at).ToString(), null));
    }

    /// <summary>The template that is built in for a role.</summary>
    /// <param name="role">worker or coordinator.</param>
    public static PromptTemplate BuiltIn(string role)
    {
        using var stream = typeof(PromptTemplate).Assembly.GetManifestResourceStream($"prompts/{role}.md")
            ?? throw new ArgumentException($"There is no built-in prompt for '{role}'.", nameof(role));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return new(role, reader.ReadToEnd());
    }

    /// <summary>Hash of the template's text, lower-case hexadecimal.</summary>
    public string Sha256 { get; }

    /// <summary>How many characters of every prompt come before its first placeholder: the same for all, so that a provider can keep them.</summary>
    public int SharedLength => parts[0].Placeholder is null ? 0 : parts[0].Text.Length;

    /// <summary>The names that the template wants.</summary>
    public FrozenSet<string> Placeholders => parts.Where(p => p.Placeholder is not null).Select(p => p.Placeholder!).ToFrozenSet();

    /// <summary>The prompt.</summary>
    /// <exception cref="PromptException">A placeholder has no value, or a value has no placeholder.</exception>
    public string Render(IReadOnlyDictionary<string, string> values)
    {
        var text = new StringBuilder();
        var used = 0;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (literal, placeholder) in parts)
        {
            text.Append(literal);
            if (placeholder is null)
            {
                continue;
            }

            text.Append(values.TryGetValue(placeholder, out var value) ? value : throw PromptException.Unknown(name, placeholder));
            used += seen.Add(placeholder) ? 1 : 0;
        }

        if (used < values.Count)
        {
            throw PromptException.Unused(name, values.Keys.First(key => !seen.Contains(key)));
        }

        return text.ToString();
    }

    [GeneratedRegex(@"\{\{|\}\}|\{[A-Za-z_][A-Za-z0-9_]*\}", RegexOptions.NonBacktracking)]
    private static partial Regex PartPattern();
}
