using System.Text.Json;
using Muster.Artefacts;
using Muster.Runs;

namespace Muster.Reports;

/// <summary>report.sarif: SARIF 2.1.0 for code scanning services. Ungrounded findings are counted in it and not listed.</summary>
public static class SarifReport
{
    private const string FreeRule = "agent-finding";

    /// <summary>The bytes of report.sarif, UTF-8.</summary>
    public static byte[] Render(RunReport report)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new() { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
            json.WriteString("version", "2.1.0");
            json.WriteStartArray("runs");
            Run(json, report);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    private static void Run(Utf8JsonWriter json, RunReport report)
    {
        var results = report.Findings.Listed.Concat(report.Suppressed.Listed).ToList();
        var rules = results.GroupBy(RuleOf, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select((g, i) => (Id: g.Key, Index: i, Level: LevelOf(g.Max(f => f.Finding.Severity)))).ToList();
        json.WriteStartObject();
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "Muster");
        json.WriteString("version", HostIdentity.Version);
        json.WriteStartArray("rules");
        foreach (var (id, _, level) in rules)
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            Message(json, "shortDescription", id == FreeRule ? "A finding in an agent's own words" : id.Replace('-', ' '));
            json.WriteStartObject("defaultConfiguration");
            json.WriteString("level", level);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        Invocation(json, report);
        json.WriteStartObject("originalUriBaseIds");
        json.WriteStartObject("SRCROOT");
        Message(json, "description", "The root of the tree that the run looked at.");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteString("columnKind", "utf16CodeUnits");
        json.WriteStartArray("results");
        var indices = rules.ToDictionary(r => r.Id, r => r.Index, StringComparer.Ordinal);
        foreach (var result in results)
        {
            Result(json, result, indices[RuleOf(result)]);
        }

        json.WriteEndArray();
        Properties(json, report);
        json.WriteEndObject();
    }

    private static void Invocation(Utf8JsonWriter json, RunReport report)
    {
        json.WriteStartArray("invocations");
        json.WriteStartObject();
        json.WriteBoolean("executionSuccessful", report.Status is RunStatus.Complete or RunStatus.CompleteWithGaps);
        json.WriteString("startTimeUtc", report.PlannedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ"));
        json.WriteString("endTimeUtc", report.LastAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ"));
        json.WriteStartArray("toolExecutionNotifications");
        foreach (var line in report.Gaps.Listed.Concat(report.Broken.Listed))
        {
            json.WriteStartObject();
            json.WriteString("level", "warning");
            Message(json, "message", $"{line.TaskId}: {line.Text}");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void Result(Utf8JsonWriter json, ReportedFinding reported, int ruleIndex)
    {
        var finding = reported.Finding;
        json.WriteStartObject();
        json.WriteString("ruleId", RuleOf(reported));
        json.WriteNumber("ruleIndex", ruleIndex);
        json.WriteString("level", LevelOf(finding.Severity));
        Message(json, "message", finding.Message);
        json.WriteStartArray("locations");
        json.WriteStartObject();
        json.WriteStartObject("physicalLocation");
        json.WriteStartObject("artifactLocation");
        json.WriteString("uri", UriOf(finding.Path));
        json.WriteString("uriBaseId", "SRCROOT");
        json.WriteEndObject();
        if (finding.Line is { } line)
        {
            json.WriteStartObject("region");
            json.WriteNumber("startLine", line);
            if (finding.EndLine is { } end && end >= line)
            {
                json.WriteNumber("endLine", end);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("partialFingerprints");
        json.WriteString("musterFinding/v1", reported.Fingerprint);
        json.WriteEndObject();
        if (reported.Standing is FindingStanding.Suppressed or FindingStanding.Baselined)
        {
            json.WriteStartArray("suppressions");
            json.WriteStartObject();
            json.WriteString("kind", reported.Standing is FindingStanding.Suppressed ? "inSource" : "external");
            json.WriteString("justification", ReportText.Line(ReportWords.WhySuppressed(reported)));
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteStartObject("properties");
        json.WriteString("severity", ReportWords.Of(finding.Severity));
        json.WriteStartArray("tasks");
        foreach (var id in reported.TaskIds)
        {
            json.WriteStringValue(ReportText.Line(id));
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Properties(Utf8JsonWriter json, RunReport report)
    {
        json.WriteStartObject("properties");
        json.WriteString("run", ReportText.Line(report.RunId));
        json.WriteString("outcome", report.Outcome);
        json.WriteStartObject("census");
        json.WriteNumber("planned", report.Census.Planned);
        json.WriteNumber("launched", report.Census.Launched);
        json.WriteNumber("verified", report.Census.Verified);
        json.WriteNumber("failed", report.Census.Failed);
        json.WriteNumber("skipped", report.Census.Skipped);
        json.WriteEndObject();
        json.WriteStartObject("findings");
        json.WriteNumber("critical", report.Counts.Critical);
        json.WriteNumber("major", report.Counts.Major);
        json.WriteNumber("minor", report.Counts.Minor);
        json.WriteNumber("ungrounded", report.Counts.Ungrounded);
        json.WriteNumber("suppressed", report.Counts.Suppressed);
        json.WriteNumber("unlisted", report.Findings.Unlisted + report.Suppressed.Unlisted);
        json.WriteEndObject();
        json.WriteNumber("gaps", report.Gaps.Count);
        json.WriteNumber("brokenFiles", report.Broken.Count);
        json.WriteEndObject();
    }

    private static void Message(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", ReportText.Line(text) is { Length: > 0 } line ? line : "(no text)");
        json.WriteEndObject();
    }

    private static string RuleOf(ReportedFinding finding) =>
        ReportText.Line(finding.Finding.Rule, 200) is { Length: > 0 } rule ? rule : FreeRule;

    /// <summary>Critical blocks, major warns, minor advises: the three levels of SARIF that show.</summary>
    private static string LevelOf(Severity severity) => severity switch
    {
        Severity.Critical => "error",
        Severity.Major => "warning",
        _ => "note",
    };

    private static string UriOf(string path) =>
        string.Join('/', ReportText.Line(path).Split('/').Select(Uri.EscapeDataString)) is { Length: > 0 } uri ? uri : ".";
}
