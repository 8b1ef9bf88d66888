namespace Muster.Reports;

/// <summary>How report.html looks, light, dark and printed.</summary>
internal static class HtmlStyle
{
    /// <summary>The style sheet; it names no address.</summary>
    public const string Css = """
        :root { --ink: #1c2128; --soft: #59636e; --line: #d8dee4; --page: #fff; --raised: #f6f8fa;
          --critical: #b3122b; --major: #a85400; --minor: #2b6cb0; --good: #1a7f37; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9198a1; --line: #30363d; --page: #0d1117; --raised: #161b22;
          --critical: #ff7b85; --major: #f0a35e; --minor: #79b8ff; --good: #56d364; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
        main { max-width: 72rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
        h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .75rem; overflow-wrap: anywhere; }
        h2 { font-size: 1.2rem; margin: 2.25rem 0 .75rem; }
        .census { margin: 0 0 1.25rem; padding: .6rem .9rem; border-left: 4px solid var(--major); background: var(--raised); border-radius: 0 6px 6px 0; }
        .census.good { border-color: var(--good); } .census.bad { border-color: var(--critical); }
        .tiles { display: flex; flex-wrap: wrap; gap: .75rem; margin-bottom: 1.25rem; }
        .tile { flex: 1 1 8rem; padding: .7rem 1rem; border: 1px solid var(--line); border-radius: 8px; }
        .tile b { display: block; font-size: 1.9rem; line-height: 1.1; font-variant-numeric: tabular-nums; }
        .tile span { color: var(--soft); }
        .tile.critical b { color: var(--critical); } .tile.major b { color: var(--major); } .tile.minor b { color: var(--minor); }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.25rem; margin: 0; font-size: .93rem; }
        dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
        .remark { padding: .5rem .9rem; border: 1px solid var(--major); border-radius: 6px; font-size: .93rem; }
        .scroll { overflow-x: auto; }
        table { width: 100%; border-collapse: collapse; font-size: .93rem; font-variant-numeric: tabular-nums; }
        th, td { padding: .4rem .7rem; border-bottom: 1px solid var(--line); text-align: right; font-weight: normal; }
        th:first-child { text-align: left; overflow-wrap: break-word; min-width: 9rem; } thead th { color: var(--soft); font-size: .85rem; }
        tfoot th, tfoot td { font-weight: 600; border-bottom: 0; } .zero { color: var(--soft); }
        summary { cursor: pointer; padding: .5rem 0; font-size: 1.05rem; font-weight: 600; }
        .rule > summary { font-size: .95rem; font-weight: 500; padding: .25rem 0 .5rem; }
        .count { margin-left: .4rem; padding: .05rem .55rem; border-radius: 1rem; background: var(--raised); border: 1px solid var(--line); font-size: .85rem; }
        ul { list-style: none; margin: 0 0 1rem; padding: 0; }
        .findings li { margin: 0 0 .6rem; padding: .6rem .9rem; border: 1px solid var(--line); border-left: 4px solid var(--minor); border-radius: 6px; overflow-wrap: anywhere; }
        .findings li.critical { border-left-color: var(--critical); } .findings li.major { border-left-color: var(--major); }
        .findings p { margin: .2rem 0; } small { color: var(--soft); }
        .lines li { padding: .3rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
        code { font: .88em ui-monospace, monospace; }
        @media print { main { max-width: none; padding: 0; } .findings li, tr { break-inside: avoid; } body { font-size: 11pt; } }

        """;
}
