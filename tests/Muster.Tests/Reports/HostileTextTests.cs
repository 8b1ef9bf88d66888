using System.Text.Json;
using AngleSharp.Html.Parser;
using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Muster.Reports;
using Muster.Runs;

namespace Muster.Tests.Reports;

/// <summary>Whatever workers write, reports show it as text (fault 26; hostile Markdown).</summary>
public sealed class HostileTextTests
{
    private static readonly string Canary = "ghp_" + new string('Q', 36);

    private static readonly string[] Hostile =
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "</li></ul></style><svg onload=alert(1)>",
        "<!-- --> <iframe src='https://evil.example'></iframe>",
        "[click](javascript:alert(1)) ![x](https://evil.example/x.png) <https://evil.example> https://evil.example www.evil.example",
        "[ref]: https://evil.example and [ref] and [^1] and mailto:a@evil.example",
        "`</code><script>alert(1)</script>` and ``two`` and `one and \\` and `a``b`",
        "| a | b | **bold** __bold__ ~~gone~~ $x$ {#id .class onclick=alert(1)}",
        "\u001b[31mred\u001b[0m \u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007 \u202Egnp.exe\u2066 \u200B\uFEFF \0 \u0085",
        "&lt;script&gt; &#60;script&#62; &amp;",
        "\",\"ruleId\":\"evil\"}],\"x\":[{\"",
        "]]> --> */ ''' \"\"\" %0d%0a",
        "secret " + Canary + " and gh\u200Bp_" + new string('Q', 36) + " and gh\u00ADp_" + new string('Q', 36),
        "lone \uD800 surrogate \uDC00 pair 😀",
        "long " + new string('y', 1 << 20) + "<script>",
        "# heading ## Findings --- === 1. 2. > quote",
    ];

    [Fact]
    public void Html_holds_our_elements_alone()
    {
        using var run = Build(out var report);
        var html = HtmlReport.Render(report);
        var page = new HtmlParser().ParseDocument(html);

        string[] ours = ["html", "head", "meta", "title", "style", "body", "main", "header", "h1", "h2", "p", "strong", "div", "b", "span", "dl", "dt",
            "dd", "section", "table", "thead", "tbody", "tfoot", "tr", "th", "td", "details", "summary", "ul", "li", "code", "small"];
        string[] attributes = ["lang", "charset", "http-equiv", "content", "name", "class", "scope", "open"];
        Assert.All(page.All, e => Assert.Contains(e.LocalName, ours));
        Assert.All(page.All.SelectMany(e => e.Attributes), a => Assert.Contains(a.Name, attributes));
        Assert.Single(page.QuerySelectorAll("style"));
        Assert.DoesNotContain("url(", page.QuerySelector("style")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(
            "default-src 'none'; style-src 'unsafe-inline'",
            page.QuerySelector("meta[http-equiv='Content-Security-Policy']")!.GetAttribute("content"));
        Assert.Contains("<script>alert(1)</script>", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Equal(3, page.QuerySelectorAll(".tile").Length);
        Assert.True(page.QuerySelectorAll(".findings li").Length >= Hostile.Length);
    }

    [Fact]
    public void Markdown_renders_no_html_link_image_or_foreign_heading()
    {
        using var run = Build(out var report);
        foreach (var text in run.WriteAll(report).Where(f => f.Name.EndsWith(".md", StringComparison.Ordinal)).Select(f => f.Text))
        {
            var pipeline = new MarkdownPipelineBuilder().UseAdvancedExtensions().Build();
            var page = Markdown.Parse(text, pipeline);

            Assert.Empty(page.Descendants<HtmlBlock>());
            Assert.Empty(page.Descendants<HtmlInline>());
            Assert.Empty(page.Descendants<LinkInline>());
            Assert.Empty(page.Descendants<AutolinkInline>());
            Assert.Empty(page.Descendants<CodeBlock>());
            string[] titles = ["Domains", "Cost", "Findings", "Critical", "Major", "Minor", "Gaps", "Ungrounded", "Suppressed", "Notes", "Files"];
            Assert.All(
                page.Descendants<HeadingBlock>().Where(h => h.Level > 1),
                h => Assert.Contains(titles, t => h.Inline!.FirstChild!.ToString()!.StartsWith(t, StringComparison.Ordinal)));
            Assert.Single(page.Descendants<HeadingBlock>(), h => h.Level == 1);
            var shown = Markdown.ToHtml(text, pipeline);
            var elements = new HtmlParser().ParseDocument(shown);
            Assert.Empty(elements.QuerySelectorAll("script, img, a, iframe, svg, form, input, [onclick], [onerror], [onload]"));
        }
    }

    [Fact]
    public void Sarif_keeps_the_rules_that_matter()
    {
        using var run = Build(out var report);
        using var sarif = JsonDocument.Parse(SarifReport.Render(report));
        var top = sarif.RootElement;
        var one = top.GetProperty("runs")[0];
        var rules = one.GetProperty("tool").GetProperty("driver").GetProperty("rules").EnumerateArray().Select(r => r.GetProperty("id").GetString()).ToList();

        Assert.Equal("2.1.0", top.GetProperty("version").GetString());
        Assert.Equal(rules.Count, rules.Distinct(StringComparer.Ordinal).Count());
        var results = one.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(report.Counts.Total + report.Counts.Suppressed, results.Count);
        Assert.All(results, result =>
        {
            Assert.Equal(result.GetProperty("ruleId").GetString(), rules[result.GetProperty("ruleIndex").GetInt32()]);
            Assert.Contains(result.GetProperty("level").GetString(), (string[])["error", "warning", "note"]);
            Assert.NotEmpty(result.GetProperty("message").GetProperty("text").GetString()!);
            Assert.Matches("^[0-9a-f]{32}$", result.GetProperty("partialFingerprints").GetProperty("musterFinding/v1").GetString());
            var place = Assert.Single(result.GetProperty("locations").EnumerateArray()).GetProperty("physicalLocation");
            Assert.Equal("SRCROOT", place.GetProperty("artifactLocation").GetProperty("uriBaseId").GetString());
            Assert.True(Uri.IsWellFormedUriString(place.GetProperty("artifactLocation").GetProperty("uri").GetString(), UriKind.Relative));
            Assert.True(!place.TryGetProperty("region", out var region) || region.GetProperty("startLine").GetInt32() > 0);
        });
        Assert.Contains(results, r => r.GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("artifactLocation").GetProperty("uri").GetString()
            == "a%20b/%23%3F%25.cs");
        var suppressed = results.Where(r => r.TryGetProperty("suppressions", out _)).ToList();
        Assert.Equal("inSource", Assert.Single(suppressed).GetProperty("suppressions")[0].GetProperty("kind").GetString());
        Assert.False(string.IsNullOrEmpty(suppressed[0].GetProperty("suppressions")[0].GetProperty("justification").GetString()));
        Assert.True(one.GetProperty("invocations")[0].GetProperty("executionSuccessful").GetBoolean());
        // The file that does not exist, and the quoted script that does not stand at its line.
        Assert.Equal(2, one.GetProperty("properties").GetProperty("findings").GetProperty("ungrounded").GetInt32());
        Assert.Equal(1, one.GetProperty("properties").GetProperty("census").GetProperty("failed").GetInt32());
        Assert.DoesNotContain("gone.cs", top.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_run_is_no_success_in_sarif()
    {
        using var run = new ReportRun("goal", "one-1");
        run.Failed("one-1", "no");
        var report = run.Build();
        using var sarif = JsonDocument.Parse(SarifReport.Render(report));

        Assert.Equal(RunStatus.Failed, report.Status);
        Assert.False(sarif.RootElement.GetProperty("runs")[0].GetProperty("invocations")[0].GetProperty("executionSuccessful").GetBoolean());
    }

    [Fact]
    public void No_secret_and_no_control_character_reaches_any_report()
    {
        using var run = Build(out var report);
        foreach (var (name, text) in run.WriteAll(report))
        {
            Assert.False(text.Contains(Canary, StringComparison.Ordinal), name);
            Assert.False(text.Contains(Canary[4..], StringComparison.Ordinal), name);
            Assert.DoesNotContain(text, c => (char.IsControl(c) && c != '\n') || c is '\u202E' or '\u2066' or '\u200B' or '\uFEFF');
            Assert.True(text.Length < 500_000, $"{name} has {text.Length:N0} characters");
        }
    }

    private static ReportRun Build(out RunReport report)
    {
        var run = new ReportRun("Goal <script>alert(1)</script> " + Canary + " [x](javascript:alert(1))", "one-1", "one-2", "two-1");
        run.Source("a.cs", "line\nx // muster:ignore some-rule because <b>reason</b> " + Canary + "\n" + new string('\n', 100));
        run.Source("a b/#?%.cs", "line\n");
        var bullets = Hostile.Select((h, i) => $"- [{(i % 2 == 0 ? "critical" : "minor")}] a.cs:{i + 10}: {h}")
            .Concat(Hostile.Select(h => "- " + h))
            .Append("- [major] a.cs:2: known (some-rule)")
            .Append("- [major] a b/#?%.cs:1: odd path (odd-rule)")
            .Append("- [critical] gone.cs:1: <script>alert(1)</script>");
        run.Verified("one-1", string.Join('\n', bullets));
        run.Verified("two-1", "- [minor] .: nothing at all");
        run.Failed("one-2", "the agent said <script>alert(1)</script> " + Canary + " [x](https://evil.example)");
        report = run.Build(remarks: ["A remark with <script>alert(1)</script> " + Canary]);
        return run;
    }
}
