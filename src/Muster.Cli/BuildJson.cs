using System.Text.Json;
using Muster.Artefacts;
using Muster.Pipeline;
using Muster.Runs;

namespace Muster.Cli;

/// <summary>What is particular to a build in a run's JSON.</summary>
internal static class BuildJson
{
    public static void Write(Utf8JsonWriter json, RunState run)
    {
        var report = BuildReport.Of(run);
        json.WriteStartObject("build");
        json.WriteString("what", ReportText.Line(run.Header.Build!.What));
        json.WriteString("base", run.Header.Build.BaseBranch);
        json.WriteString("baseCommit", run.Header.Build.BaseCommit);
        json.WriteStartArray("modules");
        foreach (var (name, standing) in report.Modules)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteNumber("round", standing.Round);
            json.WriteString("commit", standing.Commit);
            json.WriteBoolean("leftOut", standing.IsLeftOut);
            json.WriteString("doing", ReportText.Line(standing.Doing));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("gates");
        foreach (var gate in run.Gates)
        {
            json.WriteStartObject();
            json.WriteString("name", gate.Name);
            json.WriteString("sha256", gate.Sha256);
            json.WriteString("standing", gate.Standing.ToString().ToLowerInvariant());
            json.WriteString("subject", ReportText.Line(gate.Subject));
            json.WriteString("by", ReportText.Line(gate.By));
            json.WriteString("because", ReportText.Line(gate.Because));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (report.Landed is { BaseMovedTo: null } landed)
        {
            json.WriteString("landed", landed.Commit);
            json.WriteString("command", landed.Command);
            json.WriteString("remembered", report.Remembered);
        }

        json.WriteEndObject();
    }
}
