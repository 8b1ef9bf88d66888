using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Muster.Artefacts;

namespace Muster.Agents.Inspect.Checks;

/// <summary>Images that a screen reader cannot speak of: HTML without <c>alt</c>, Markdown with an empty one.</summary>
public sealed class HtmlAltCheck : ICheck
{
    private const int MaxLength = 512 << 10;
    private const int MaxPerFile = 20;

    private static readonly System.Buffers.SearchValues<char> TemplateMarks = System.Buffers.SearchValues.Create("{}%<?$");

    private static readonly MarkdownPipeline Pipeline =
        new MarkdownPipelineBuilder().UsePipeTables().UseYamlFrontMatter().UsePreciseSourceLocation().Build();

    /// <inheritdoc/>
    public string Id => "html-alt";

    /// <inheritdoc/>
    public IEnumerable<Finding> Run(CheckContext context, CancellationToken cancellationToken)
    {
        foreach (var file in context.Scope)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var isMarkdown = file.Extension is ".md" or ".markdown";
            if ((!isMarkdown && file.Extension is not (".html" or ".htm" or ".xhtml")) || file.Length > MaxLength
                || file.ReadText() is not { } text)
            {
                continue;
            }

            foreach (var line in (isMarkdown ? InMarkdown(text) : InHtml(text)).Take(MaxPerFile))
            {
                yield return isMarkdown
                    ? new(Severity.Minor, file.Path, line, null,
                        "An image has an empty alternative text; say between the brackets what it shows.", "html-alt-markdown-empty")
                    : new(Severity.Minor, file.Path, line, null,
                        "An img element has no alt attribute; describe the image, or write alt=\"\" when it is decoration.", "html-alt-missing");
            }
        }
    }

    private static List<int> InHtml(string text)
    {
        if (!text.Contains("<img", StringComparison.OrdinalIgnoreCase))
        {
            return [];
        }

        using var document = new HtmlParser(new HtmlParserOptions { IsKeepingSourceReferences = true, IsScripting = false }).ParseDocument(text);
        return
        [
            .. document.Images
                .Where(image => !IsDescribed(image) && image.SourceReference is not null)
                .Select(image => image.SourceReference!.Position.Line).Where(line => line > 0),
        ];
    }

    /// <summary>Whether alt is there, is bound by a template, or the image is hidden from readers.</summary>
    private static bool IsDescribed(IElement image) =>
        image.Attributes.Any(attribute => attribute.Name is "alt" or ":alt" or "v-bind:alt" or "[alt]" or "[attr.alt]" or "v-bind" or "th:alt"
            or "aria-label" or "aria-labelledby" || attribute.Name.AsSpan().ContainsAny(TemplateMarks))
        || image.GetAttribute("aria-hidden") == "true" || image.HasAttribute("hidden")
        || image.GetAttribute("role") is "presentation" or "none";

    private static List<int> InMarkdown(string text)
    {
        try
        {
            return
            [
                .. Markdown.Parse(text, Pipeline).Descendants<LinkInline>()
                    .Where(link => link.IsImage && !link.Descendants().Any(inner => inner is not LiteralInline literal
                        || !literal.Content.AsSpan().IsWhiteSpace()))
                    .Select(link => link.Line + 1),
            ];
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or IndexOutOfRangeException)
        {
            return []; // Nested too deeply, or otherwise not what a person wrote.
        }
    }
}
