using System.Text;
using Muster.Artefacts;
using Muster.Runs;

namespace Muster.Reports;

/// <summary>Writes a run's reports into its directory, each whole or not at all.</summary>
public static class ReportFiles
{
    /// <summary>Writes report.md, report.html, report.sarif and gaps.md.</summary>
    public static void Write(RunReport report, RunState run, RunDirectory directory)
    {
        Publisher.Write(directory.In("report.md"), Encoding.UTF8.GetBytes(MarkdownReport.Render(report)));
        Publisher.Write(directory.In("report.html"), Encoding.UTF8.GetBytes(HtmlReport.Render(report)));
        Publisher.Write(directory.In("report.sarif"), SarifReport.Render(report));
        Publisher.Write(directory.Gaps, stream =>
        {
            using var text = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16, leaveOpen: true);
            GapsReport.Write(run, text);
        });
    }
}
