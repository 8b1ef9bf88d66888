using System.Text;
using Muster.Artefacts;

namespace Muster.Pipeline;

/// <summary>The file that a step of the engine's own leaves, in the form of every other step's.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Notes">What was found, a sentence each; empty for nothing.</param>
/// <param name="Evidence">What programs printed, in parts with a label each.</param>
internal sealed record EngineReport(string Title, IReadOnlyList<string> Notes, params IReadOnlyList<(string Label, string Text)> Evidence)
{
    /// <summary>The file's text. What programs printed stands indented, so that nothing in it counts as a part of the file.</summary>
    public override string ToString()
    {
        var text = new StringBuilder().Append("# ").Append(ReportText.Line(Title, 200)).Append("\n\n## Findings\n\n");
        foreach (var note in Notes.DefaultIfEmpty("none"))
        {
            text.Append("- ").Append(ReportText.Line(note, 2_000)).Append('\n');
        }

        foreach (var (label, printed) in Evidence)
        {
            text.Append("\n## ").Append(ReportText.Line(label, 200)).Append("\n\n");
            foreach (var line in DisplayText.Clean(printed).Split('\n'))
            {
                text.Append("    ").Append(line).Append('\n');
            }
        }

        return text.Append('\n').Append(WorkerFile.Sentinel).Append('\n').ToString();
    }
}
