using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Muster.Artefacts;
using Muster.Reports;
using Muster.Runs;

namespace Muster.Cli;

/// <summary>A run as one JSON object; its keys are promised to programs.</summary>
internal static class RunJson
{
    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.Default };

    public static void Write(TextWriter target, RunState run, RunDirectory directory, RunReport report, int exit) => Write(target, json =>
    {
        json.WriteStartObject();
        Head(json, run, directory);
        json.WriteNumber("exitCode", exit);
        CostView.Write(json, report.Cost);
        json.WriteStartArray("domains");
        foreach (var domain in report.Domains)
        {
            json.WriteStartObject();
            json.WriteString("id", domain.Id);
            json.WriteString("title", ReportText.Line(domain.Title));
            Census(json, domain.Census);
            Counts(json, domain.Findings);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Counts(json, report.Counts);
        json.WriteStartArray("list");
        foreach (var finding in report.Findings.Listed)
        {
            json.WriteStartObject();
            json.WriteString("severity", finding.Finding.Severity.ToString().ToLowerInvariant());
            json.WriteString("path", ReportText.Line(finding.Finding.Path));
            if (finding.Finding.Line is { } line)
            {
                json.WriteNumber("line", line);
            }

            json.WriteString("rule", finding.Finding.Rule);
            json.WriteString("message", ReportText.Line(finding.Finding.Message));
            json.WriteString("fingerprint", finding.Fingerprint);
            json.WriteStartArray("tasks");
            foreach (var task in finding.TaskIds)
            {
                json.WriteStringValue(task);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("gaps");
        foreach (var gap in report.Gaps.Listed)
        {
            json.WriteStartObject();
            json.WriteString("id", gap.TaskId);
            json.WriteString("reason", ReportText.Line(gap.Text));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("gapCount", report.Gaps.Count);
        json.WriteNumber("brokenCount", report.Broken.Count);
        json.WriteStartArray("remarks");
        foreach (var remark in report.Remarks)
        {
            json.WriteStringValue(ReportText.Line(remark));
        }

        json.WriteEndArray();
        json.WriteStartObject("parentContext");
        json.WriteNumber("tokens", report.ParentTokens ?? 0);
        json.WriteNumber("limit", run.Limits.ParentTokens);
        json.WriteNumber("flat", report.FlatTokens);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    /// <summary>What every JSON answer about a run begins with.</summary>
    public static void Head(Utf8JsonWriter json, RunState run, RunDirectory directory)
    {
        json.WriteString("run", run.Header.RunId);
        json.WriteString("status", Kebab(run.Status.ToString()));
        json.WriteString("goal", ReportText.Line(run.Header.Goal));
        json.WriteString("root", run.Header.Root);
        json.WriteString("directory", directory.Path);
        if (run.Pause is { } pause)
        {
            json.WriteString("pause", ReportText.Line(pause.Reason));
        }

        Census(json, run.Census);
        json.WriteNumber("attempts", run.Attempts);
        json.WriteNumber("running", run.AtWork);
        json.WriteStartArray("undecided");
        foreach (var step in run.Undecided.Select(u => run.Table[u.Step].Key).Distinct().Order(StringComparer.Ordinal))
        {
            json.WriteStringValue(step);
        }

        json.WriteEndArray();
        json.WriteNumber("tokens", run.Spent.Tokens);
        Optional(json, "usd", run.Spending.Usd);
    }

    public static void Write(TextWriter target, Action<Utf8JsonWriter> body)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Readable))
        {
            body(json);
        }

        target.WriteLine(Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length));
    }

    public static void Census(Utf8JsonWriter json, Census census)
    {
        json.WriteStartObject("census");
        json.WriteNumber("planned", census.Planned);
        json.WriteNumber("launched", census.Launched);
        json.WriteNumber("verified", census.Verified);
        json.WriteNumber("failed", census.Failed);
        json.WriteNumber("skipped", census.Skipped);
        json.WriteEndObject();
    }

    /// <summary>A number, or null where nobody knows it.</summary>
    internal static void Optional(Utf8JsonWriter json, string name, decimal? number)
    {
        if (number is { } known)
        {
            json.WriteNumber(name, known);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void Counts(Utf8JsonWriter json, FindingCounts counts)
    {
        json.WriteStartObject("findings");
        json.WriteNumber("critical", counts.Critical);
        json.WriteNumber("major", counts.Major);
        json.WriteNumber("minor", counts.Minor);
        json.WriteNumber("ungrounded", counts.Ungrounded);
        json.WriteNumber("suppressed", counts.Suppressed);
        json.WriteEndObject();
    }

    internal static string Kebab(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) && i > 0 ? $"-{char.ToLowerInvariant(c)}" : char.ToLowerInvariant(c).ToString()));
}
