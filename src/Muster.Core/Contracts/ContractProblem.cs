namespace Muster.Contracts;

/// <summary>One thing that is wrong in contracts, or in training pairs, and for which they are refused.</summary>
/// <param name="File">Path of the file relative to the directory; <c>.</c> for the directory itself.</param>
/// <param name="Line">From 1; 0 where it speaks of the whole file.</param>
/// <param name="Column">From 1; 0 where it speaks of the whole line.</param>
/// <param name="Message">What is wrong, a full sentence.</param>
/// <param name="NextStep">What to do about it, a full sentence.</param>
public sealed record ContractProblem(string File, int Line, int Column, string Message, string NextStep)
{
    /// <summary>One line in the form that editors jump to: <c>modules.json:12:9: error: … …</c></summary>
    public override string ToString()
    {
        var place = (Line, Column) switch
        {
            (0, _) => File,
            (_, 0) => $"{File}:{Line}",
            _ => $"{File}:{Line}:{Column}",
        };
        return $"{place}: error: {Message} {NextStep}";
    }
}
