namespace Muster.Reports;

/// <summary>Keeps the first lines of many and counts all. A long text is cut to what a report can show of it.</summary>
internal sealed class CappedListBuilder(int most)
{
    private const int MaxKept = 8_193;

    private readonly List<ReportedLine> listed = [];
    private int count;

    public int Count => count;

    public void Add(string taskId, string text)
    {
        count++;
        if (listed.Count < most)
        {
            listed.Add(new(taskId, text.Length > MaxKept ? text[..MaxKept] : text));
        }
    }

    public CappedList<ReportedLine> ToList() => new([.. listed], count);
}
