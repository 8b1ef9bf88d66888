using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Muster.Prompts;

/// <summary>A role's prompt with <c>{placeholders}</c>, replaced in a single pass: values are never expanded again.</summary>
public sealed partial class PromptTemplate
{
    private readonly string name;
    private readonly List<(string Text, string? Placeholder, int Line)> parts = [];

    /// <summary>Takes a template apart. <c>{{</c> and <c>}}</c> are literal braces.</summary>
    /// <param name="name">For errors: its file.</param>
    /// <param name="text">The template.</param>
    public PromptTemplate(string name, string text)
    {
        this.name = name;
        Text = text;
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        var literal = new StringBuilder();
        var (at, line) = (0, 1);
        foreach (var match in PartPattern().EnumerateMatches(text))
        {
            literal.Append(text, at, match.Index - at);
            line += text.AsSpan(at, match.Index - at).Count('\n');
            var part = text.AsSpan(match.Index, match.Length);
            if (part is "{{" or "}}")
            {
                literal.Append(part[0]);
            }
            else
            {
                parts.Add((literal.ToString(), part[1..^1].ToString(), line));
                literal.Clear();
            }

            at = match.Index + match.Length;
        }

        parts.Add((literal.Append(text, at, text.Length - at).ToString(), null, line));
    }

    /// <summary>The roles that have a template, by the names of their files.</summary>
    public static ImmutableArray<string> Names { get; } =
        ["worker", "coordinator", "planner", "architect", "trainer", "scaffolder", "builder", "qc", "judge", "shipper", "curator", "action"];

    /// <summary>The template that is built in for a role.</summary>
    /// <param name="role">One of <see cref="Names"/>.</param>
    /// <exception cref="PromptException">There is no such role.</exception>
    public static PromptTemplate BuiltIn(string role)
    {
        using var stream = typeof(PromptTemplate).Assembly.GetManifestResourceStream($"prompts/{role}.md") ?? throw PromptException.NoSuchRole(role);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return new(role, reader.ReadToEnd());
    }

    /// <summary>The template as it was written.</summary>
    public string Text { get; }

    /// <summary>Hash of the template's text, lower-case hexadecimal.</summary>
    public string Sha256 { get; }

    /// <summary>How many characters of every prompt come before its first placeholder: the same for all, so that a provider can keep them.</summary>
    public int SharedLength => parts[0].Placeholder is null ? 0 : parts[0].Text.Length;

    /// <summary>The names that the template wants.</summary>
    public FrozenSet<string> Placeholders => parts.Where(p => p.Placeholder is not null).Select(p => p.Placeholder!).ToFrozenSet();

    /// <summary>The template, once it is known to have just the placeholders that there are values for.</summary>
    /// <param name="expected">The names of the values.</param>
    /// <exception cref="PromptException">It has another, or lacks one; all of them are told, with file and line.</exception>
    public PromptTemplate Check(IReadOnlyCollection<string> expected)
    {
        var known = string.Join(", ", expected.Order(StringComparer.Ordinal).Select(e => $"{{{e}}}"));
        var lines = Text.TrimEnd('\n').AsSpan().Count('\n') + 1;
        var problems = parts.Where(p => p.Placeholder is { } placeholder && !expected.Contains(placeholder))
            .Select(p => $"{name}:{p.Line}: error: '{{{p.Placeholder}}}' stands for nothing here; there are {known}.")
            .Concat(expected.Except(Placeholders).Order(StringComparer.Ordinal).Select(missing =>
                $"{name}:{lines}: error: '{{{missing}}}' stands nowhere in the template; put it where the agent should read that value."))
            .ToList();
        return problems.Count == 0 ? this : throw PromptException.Misfit(problems);
    }

    /// <summary>The prompt.</summary>
    /// <exception cref="PromptException">A placeholder has no value, or a value has no placeholder.</exception>
    public string Render(IReadOnlyDictionary<string, string> values)
    {
        var text = new StringBuilder();
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (literal, placeholder, _) in parts)
        {
            text.Append(literal);
            if (placeholder is not null && values.TryGetValue(placeholder, out var value))
            {
                text.Append(value);
                used.Add(placeholder);
            }
        }

        if (used.Count < values.Count || !used.IsSupersetOf(Placeholders))
        {
            Check([.. values.Keys]);
        }

        return text.ToString();
    }

    [GeneratedRegex(@"\{\{|\}\}|\{[A-Za-z_][A-Za-z0-9_]*\}", RegexOptions.NonBacktracking)]
    private static partial Regex PartPattern();
}
