using System.Text;
using CsCheck;
using Muster.Artefacts;

namespace Muster.Tests.Artefacts;

/// <summary>Faults 18 to 20, 24, 26 and 28 by chance, against a judge of three lines that shares no code with the verifier.</summary>
public sealed class VerifierTests
{
    private static readonly Gen<string> Line = Gen.OneOf(
        AnyOf(
            "# Title", "# ERROR", "## Findings", "## findings ", "## Recommendation", "- none", "- [major] src/a.cs:3: text", "- [major] .: text", "<!-- DONE -->",
            "<!-- DONE -->  ", " <!-- DONE -->", "<!-- DONE", "DONE", "```", "~~~", "````", "    code", "", " ", "\t", "text", "\uFEFF# Title", "\u2028", "\0", "- [critical]"),
        Gen.String[Gen.Char, 0, 10]);

    private static readonly Gen<string> Text = Gen.Select(Line.Array[0, 14], AnyOf("\n", "\r\n", "\n\n"), Gen.Bool, (lines, end, last) =>
        string.Join(end, lines) + (last ? end : string.Empty));

    private static readonly Gen<string> NearlyGood = Gen.Select(Text, AnyOf("", "\n", "\r\n", " ", "```\n", "x"), (text, end) =>
        $"# Title\n\n## Findings\n\n- none\n{text}\n\n<!-- DONE -->{end}");

    [Fact]
    public void Whatever_is_verified_ends_in_the_sentinel_and_has_one_title_and_findings() =>
        Gen.OneOf(Text, NearlyGood).Sample(
            text =>
            {
                if (Verifier.Judge(Encoding.UTF8.GetBytes(text)) is not Verdict.Verified verified)
                {
                    return;
                }

                var lines = verified.Text.Split(['\n', '\r', '\u2028', '\u0085', '\u000C', '\u2029']).Select(line => line.TrimEnd()).Where(line => line.Length > 0).ToList();
                Assert.Equal("<!-- DONE -->", lines[^1]);
                Assert.Contains(lines, line => line.StartsWith("# ", StringComparison.Ordinal));
                Assert.Contains(lines, line => line.StartsWith("## ", StringComparison.Ordinal) && line[3..].Trim().Equals("findings", StringComparison.OrdinalIgnoreCase));
                Assert.DoesNotContain(lines.TakeWhile(line => !line.StartsWith("```", StringComparison.Ordinal) && !line.StartsWith("~~~", StringComparison.Ordinal)), line => line == "# ERROR");
            },
            iter: 8_000);

    [Fact]
    public void A_good_file_is_verified_with_any_line_ends_and_nothing_after_it_is() =>
        Gen.Select(AnyOf("\n", "\r\n"), AnyOf("", "\n", "\n\n", " \n\t\n"), Gen.String[Gen.Char["abc#-`"], 1, 5]).Sample((end, last, more) =>
        {
            var good = string.Join(end, "# Title", "", "## Findings", "", "- none", "", "<!-- DONE -->") + last;

            Assert.IsType<Verdict.Verified>(Verifier.Judge(Encoding.UTF8.GetBytes(good)));
            Assert.IsType<Verdict.Rejected>(Verifier.Judge(Encoding.UTF8.GetBytes(good + "\n" + more)));
        });

    [Fact]
    public void Any_bytes_are_judged_with_a_reason() =>
        Gen.Byte.Array[0, 200].Sample(bytes => Verifier.Judge(bytes) is Verdict.Verified or Verdict.Rejected { Reason.Length: > 0 }, iter: 4_000);

    [Fact]
    public void Any_text_is_read_as_a_workers_file_and_what_is_written_is_read_back() =>
        Gen.OneOf(Text, NearlyGood, Gen.String).Sample(
            text =>
            {
                var once = WorkerFile.Parse(text).Render();

                Assert.Equal(once, WorkerFile.Parse(once).Render());
            },
            iter: 4_000);

    private static Gen<string> AnyOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);
}
