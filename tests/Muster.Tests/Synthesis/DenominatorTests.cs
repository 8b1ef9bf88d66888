using Muster.Synthesis;

namespace Muster.Tests.Synthesis;

/// <summary>Promise 1 and fault 85: nobody reads "all" where some are missing.</summary>
public sealed class DenominatorTests
{
    [Theory]
    [InlineData("All workers agree that the code is sound.")]
    [InlineData("Checked all 8 files.")]
    [InlineData("Every single task came back clean.")]
    [InlineData("The entire repository was reviewed.")]
    [InlineData("3 majors.\nAll clear otherwise.")]
    [InlineData("all of them are fine")]
    public void Speaking_of_all_is_a_fault_when_the_denominator_was_not_met(string summary)
    {
        Assert.Contains("only 7 of the 8 workers", Denominator.Fault(summary, 7, 8), StringComparison.Ordinal);
        Assert.Null(Denominator.Fault(summary, 8, 8));
        Assert.StartsWith("Only 7 of 8 workers were verified", Denominator.Corrected(summary, 7, 8), StringComparison.Ordinal);
        Assert.Equal(summary, Denominator.Corrected(summary, 8, 8));
    }

    [Theory]
    [InlineData("7 of 8 workers were verified; sec-3 is a gap.")]
    [InlineData("The allocator leaks, and the wall clock is used.")]
    [InlineData("7 of 8 workers verified: 1 major.\n- major a.cs:1: all files are read at once [sec-1]")]
    public void Other_words_and_the_words_of_sources_are_none(string summary) => Assert.Null(Denominator.Fault(summary, 7, 8));
}
