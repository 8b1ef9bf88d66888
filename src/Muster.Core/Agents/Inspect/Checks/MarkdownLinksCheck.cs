using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Muster.Agents.Inspect.Rules;
using Muster.Artefacts;

namespace Muster.Agents.Inspect.Checks;

/// <summary>Relative links, images and anchors of Markdown files that lead nowhere.</summary>
public sealed partial class MarkdownLinksCheck : ICheck
{
    private const int MaxLength = 512 << 10;

    private static readonly MarkdownPipeline Pipeline =
        new MarkdownPipelineBuilder().UsePipeTables().UseFootnotes().UseYamlFrontMatter().UsePreciseSourceLocation().Build();

    /// <inheritdoc/>
    public string Id => "markdown-links";

    /// <inheritdoc/>
    public IEnumerable<Finding> Run(CheckContext context, CancellationToken cancellationToken)
    {
        var paths = new CheckPaths(context.Tree);
        var files = context.Tree.Files.ToDictionary(file => file.Path, StringComparer.Ordinal);
        var anchors = new Dictionary<string, HashSet<string>?>(StringComparer.Ordinal);
        foreach (var file in context.Scope.Where(IsMarkdown))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (IsFixture(file.Path) || file.ReadText() is not { } text || Parse(text) is not { } document)
            {
                continue;
            }

            var lines = file.ReadLines();
            var seen = new HashSet<(int, string)>();
            foreach (var (line, url, isImage) in Links(document, text))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (seen.Add((line, url)) && Judge(file, url, isImage) is var (severity, rule, message))
                {
                    yield return new(severity, file.Path, line, null, message, rule, CheckPaths.QuoteOn(lines, line, url));
                }
            }
        }

        (Severity, string, string)? Judge(SourceFile file, string url, bool isImage)
        {
            if (IsAbsolute(url) || url.AsSpan().ContainsAny("{}<>$") || url is "#" or "")
            {
                return null;
            }

            var hash = url.IndexOf('#', StringComparison.Ordinal);
            var anchor = hash < 0 ? "" : WebUtility.UrlDecode(url[(hash + 1)..].Replace("+", "%2B", StringComparison.Ordinal));
            var before = hash < 0 ? url : url[..hash];
            var target = Uri.UnescapeDataString(before.Split('?')[0]);
            var shown = CheckPaths.Shown(url);
            var path = file.Path;
            if (target.Length > 0)
            {
                var isRooted = target[0] == '/';
                if (CheckPaths.Resolve(isRooted ? "" : CheckPaths.DirectoryOf(path), target) is not { } resolved)
                {
                    return ForgePage().IsMatch(target)
                        ? null
                        : (Severity.Minor, "markdown-links-outside",
                            $"The link {shown} leaves the repository; use an absolute URL or a file that is part of it.");
                }

                if (Find(paths, resolved, isRooted) is not { } found)
                {
                    return isRooted && Path.GetExtension(resolved).ToLowerInvariant() is not (".md" or ".png" or ".svg" or ".jpg")
                        ? null // The root of a site, not of the repository.
                        : isImage
                            ? (Severity.Minor, "markdown-links-image",
                                $"The image {shown} does not exist; add the file or correct the path.")
                            : (Severity.Minor, "markdown-links-target",
                                $"The link {shown} leads to a file that does not exist; correct or remove the link.");
                }

                path = found;
            }

            return anchor.Length > 0 && Anchors(path) is { } known && !known.Contains(anchor) && !LooksGenerated(anchor)
                ? (Severity.Minor, "markdown-links-anchor",
                    $"The anchor of the link {shown} matches no heading or id of {CheckPaths.Shown(path)}; correct it to an existing heading.")
                : null;
        }

        HashSet<string>? Anchors(string path)
        {
            if (!anchors.TryGetValue(path, out var known))
            {
                known = files.TryGetValue(path, out var file) && IsMarkdown(file) && file.ReadText() is { } text
                    && Parse(text) is { } document
                        ? AnchorsOf(document, text)
                        : null;
                anchors[path] = known;
            }

            return known;
        }
    }

    /// <summary>The anchor that GitHub gives a heading's text, before it is made unique.</summary>
    internal static string Slug(string heading)
    {
        var slug = new StringBuilder();
        foreach (var rune in heading.Trim().ToLowerInvariant().EnumerateRunes())
        {
            if (rune.Value is ' ')
            {
                slug.Append('-');
            }
            else if (rune.Value is '-' or '_' || Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune)
                is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark
                or System.Globalization.UnicodeCategory.ConnectorPunctuation or System.Globalization.UnicodeCategory.LetterNumber)
            {
                slug.Append(rune);
            }
        }

        return slug.ToString();
    }

    private static bool IsMarkdown(SourceFile file) => file.Extension is ".md" or ".markdown";

    private static bool IsFixture(string path) => TestPaths.Contains(path) && FixturePattern().IsMatch(path);

    private static bool IsAbsolute(string url) => url.StartsWith("//", StringComparison.Ordinal) || SchemePattern().IsMatch(url);

    /// <summary>Anchors that a viewer makes: the page's top, line numbers, text fragments.</summary>
    private static bool LooksGenerated(string anchor) =>
        anchor.Equals("top", StringComparison.OrdinalIgnoreCase) || anchor[0] is ':' or '/' or '!' || LineAnchor().IsMatch(anchor)
        || anchor.StartsWith("user-content-", StringComparison.Ordinal) || anchor == "readme";

    private static string? Find(CheckPaths paths, string resolved, bool isRooted)
    {
        if (paths.Has(resolved))
        {
            return resolved;
        }

        // Site generators link to what a page becomes.
        var bare = resolved.EndsWith(".html", StringComparison.OrdinalIgnoreCase) ? resolved[..^5] : resolved;
        if (bare != resolved || Path.GetExtension(resolved).Length == 0)
        {
            foreach (var end in new[] { ".md", ".mdx", ".markdown", ".rst", ".adoc", "/index.md", "/README.md" })
            {
                if (paths.Has(bare + end))
                {
                    return bare + end;
                }
            }
        }

        if (isRooted)
        {
            foreach (var site in new[] { "docs/", "public/", "static/", "docs/public/", "docs/static/", "website/static/", "site/" })
            {
                if (paths.Has(site + resolved))
                {
                    return site + resolved;
                }
            }
        }

        return null;
    }

    private static MarkdownDocument? Parse(string text)
    {
        try
        {
            return text.Length > MaxLength ? null : Markdown.Parse(text, Pipeline);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or IndexOutOfRangeException)
        {
            return null; // Nested too deeply, or otherwise not what a person wrote.
        }
    }

    private static IEnumerable<(int Line, string Url, bool IsImage)> Links(MarkdownDocument document, string text)
    {
        foreach (var node in document.Descendants())
        {
            switch (node)
            {
                case LinkInline { Url: { Length: > 0 } url } link:
                    yield return (link.Line + 1, url, link.IsImage);
                    break;
                case HtmlInline html:
                    foreach (Match match in HtmlLink().Matches(html.Tag))
                    {
                        yield return (html.Line + 1, WebUtility.HtmlDecode(match.Groups["url"].Value), match.Groups["image"].Success);
                    }

                    break;
                case HtmlBlock { Type: not (HtmlBlockType.Comment or HtmlBlockType.ScriptPreOrStyle) } block:
                    var part = Slice(text, block);
                    foreach (Match match in HtmlLink().Matches(Comment().Replace(part, Blank)))
                    {
                        var line = block.Line + 1 + part.AsSpan(0, match.Groups["url"].Index).Count('\n');
                        yield return (line, WebUtility.HtmlDecode(match.Groups["url"].Value), match.Groups["image"].Success);
                    }

                    break;
            }
        }
    }

    private static string Blank(Match match) => string.Concat(match.Value.Select(c => c == '\n' ? '\n' : ' '));

    private static string Slice(string text, MarkdownObject block)
    {
        var start = Math.Clamp(block.Span.Start, 0, text.Length);
        return text[start..Math.Clamp(block.Span.End + 1, start, text.Length)];
    }

    private static HashSet<string> AnchorsOf(MarkdownDocument document, string text)
    {
        var anchors = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var node in document.Descendants())
        {
            switch (node)
            {
                case HeadingBlock { Inline: { } inline }:
                    var heading = TextOf(inline);
                    if (ExplicitId().Match(heading) is { Success: true } id)
                    {
                        anchors.Add(id.Groups["id"].Value);
                        heading = heading[..id.Index];
                    }

                    Add(Slug(heading));
                    break;
                case HtmlInline html:
                    AddIds(html.Tag);
                    break;
                case HtmlBlock block:
                    var part = Slice(text, block);
                    AddIds(part);
                    foreach (Match match in HtmlHeading().Matches(part))
                    {
                        Add(Slug(WebUtility.HtmlDecode(Tag().Replace(match.Groups["text"].Value, ""))));
                    }

                    break;
            }
        }

        return anchors;

        void Add(string slug)
        {
            var count = counts.GetValueOrDefault(slug);
            counts[slug] = count + 1;
            anchors.Add(count == 0 ? slug : $"{slug}-{count}");
        }

        void AddIds(string html)
        {
            foreach (Match match in HtmlId().Matches(html))
            {
                anchors.Add(WebUtility.HtmlDecode(match.Groups["id"].Value));
            }
        }
    }

    private static string TextOf(ContainerInline container)
    {
        var text = new StringBuilder();
        foreach (var inline in container.Descendants())
        {
            _ = inline switch
            {
                LiteralInline literal => text.Append(literal.Content.AsSpan()),
                CodeInline code => text.Append(code.Content),
                HtmlEntityInline entity => text.Append(entity.Transcoded.AsSpan()),
                LineBreakInline => text.Append(' '),
                _ => text,
            };
        }

        return text.ToString();
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9+.-]*:", RegexOptions.NonBacktracking)]
    private static partial Regex SchemePattern();

    [GeneratedRegex("(?:^|/)(?:issues|pulls?|wiki|releases|actions|discussions|compare|commits?|security|projects|blob|tree|raw|graphs|labels|milestones|stargazers|network|fork)(?:/|$)", RegexOptions.NonBacktracking)]
    private static partial Regex ForgePage();

    [GeneratedRegex("(?:^|/)(?:[^/]*fixtures?[^/]*|testdata|__tests__|tests?|spec|cases|templates?)/", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex FixturePattern();

    [GeneratedRegex("^[Ll][0-9]+(?:C[0-9]+)?(?:-[Ll]?[0-9]+(?:C[0-9]+)?)?$", RegexOptions.NonBacktracking)]
    private static partial Regex LineAnchor();

    [GeneratedRegex("<(?:(?<image>img)|a)\\s(?:[^>]*\\s)?(?:src|href)\\s*=\\s*(?:\"(?<url>[^\">]*)\"|'(?<url>[^'>]*)')", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex HtmlLink();

    [GeneratedRegex("\\s(?:id|name)\\s*=\\s*(?:\"(?<id>[^\">]*)\"|'(?<id>[^'>]*)'|(?<id>[^\\s\"'>]+))", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex HtmlId();

    [GeneratedRegex("<h[1-6](?:\\s[^>]*)?>(?<text>[^\\0]*?)</h[1-6]>", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex HtmlHeading();

    [GeneratedRegex("<!--[^\\0]*?-->", RegexOptions.NonBacktracking)]
    private static partial Regex Comment();

    [GeneratedRegex("<[^>]*>", RegexOptions.NonBacktracking)]
    private static partial Regex Tag();

    [GeneratedRegex("\\s*\\{:?\\s*#(?<id>[^\\s}]+)[^}]*\\}\\s*$", RegexOptions.NonBacktracking)]
    private static partial Regex ExplicitId();
}
