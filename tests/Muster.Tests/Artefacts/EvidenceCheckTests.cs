using System.Collections.Immutable;
using Muster.Artefacts;

namespace Muster.Tests.Artefacts;

public sealed class EvidenceCheckTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("muster-evidence-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void A_place_that_exists_grounds_a_finding()
    {
        Write("src/a.cs", "one\ntwo\nthree\n");

        Assert.True(Check("src/a.cs", 3).IsGrounded);
        Assert.True(Check("./src/a.cs", 1).IsGrounded);
        Assert.True(Check("src/a.cs", null).IsGrounded);
        Assert.True(Check("src", null).IsGrounded);
        Assert.True(Check(".", null).IsGrounded);
    }

    [Theory]
    [InlineData("src/a.cs", 4, "ends at line 3")]
    [InlineData("src/b.cs", 1, "is not there")]
    [InlineData("src", 1, "is a directory")]
    [InlineData("../outside", null, "leads out")]
    [InlineData("/etc/passwd", 1, "leads out")]
    [InlineData("src/../src/a.cs", 1, "leads out")]
    [InlineData("src/a.cs\0.txt", 1, "no path")]
    public void A_place_that_does_not_exist_makes_it_ungrounded(string path, int? line, string why)
    {
        Write("src/a.cs", "one\ntwo\nthree\n");

        var evidence = Check(path, line);

        Assert.False(evidence.IsGrounded);
        Assert.Contains(why, evidence.WhyNot, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_grounds_nothing_and_is_not_followed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights there.");
        File.CreateSymbolicLink(Path.Combine(root, "link"), "/etc/passwd");
        Directory.CreateSymbolicLink(Path.Combine(root, "etc"), "/etc");

        Assert.Contains("link", Check("link", 1).WhyNot, StringComparison.Ordinal);
        Assert.Contains("link", Check("etc/passwd", 1).WhyNot, StringComparison.Ordinal);
        Assert.False(Check("etc", null).IsGrounded);
    }

    [Theory]
    [InlineData("src/**/*.cs", "src/a.cs", true)]
    [InlineData("src", "src/a.cs", true)]
    [InlineData("./src/", "src/a.cs", true)]
    [InlineData("*.py", "src/a.cs", false)]
    [InlineData("docs/**", "src/a.cs", false)]
    [InlineData("docs/**", "src", false)]
    [InlineData("src/x/**", "src", true)]
    [InlineData("docs/**", ".", true)]
    public void A_finding_outside_the_scope_is_ungrounded(string glob, string path, bool isGrounded)
    {
        Write("src/a.cs", "one\n");

        Assert.Equal(isGrounded, Check(path, null, "message", glob).IsGrounded);
    }

    [Theory]
    [InlineData("`eval(input)` runs what a user sends", true)]
    [InlineData("`exec(input)` runs what a user sends", false)]
    [InlineData("`eval( input )` runs what a user sends", true)]
    [InlineData("`eval(…)` runs what a user sends", true)]
    [InlineData("`exec(input)` was meant by `x = eval(input)`", true)]
    [InlineData("the name `frobnicate` is odd", true)]
    [InlineData("see `src/other.cs` for the same", true)]
    [InlineData("it never calls `Dispose()` afterwards", true)]
    [InlineData("user input is run; write `int.Parse(input)` in its place", true)]
    [InlineData("use `int.Parse(input)`", true)]
    [InlineData("no quote at all", true)]
    public void A_quote_that_claims_to_be_code_must_stand_near_the_line(string message, bool isGrounded)
    {
        Write("src/a.cs", "one\n\n    x = eval(input)\nfour\n");

        Assert.Equal(isGrounded, Check("src/a.cs", 2, message).IsGrounded);
    }

    [Fact]
    public void A_quote_far_from_the_line_does_not_ground_it()
    {
        Write("a.py", string.Concat(Enumerable.Repeat("pass\n", 20)) + "eval(x)\n");

        Assert.False(Check("a.py", 2, "`eval(x)` is run").IsGrounded);
        Assert.True(Check("a.py", 18, "`eval(x)` is run").IsGrounded);
    }

    [Fact]
    public void A_quote_with_a_masked_secret_is_found_where_the_secret_stands()
    {
        Write("a.py", "key = 'AKIA" + "ABCDEFGHIJKLMNOP'\n");

        Assert.True(Check("a.py", 1, "key in source: `key = 'AKIA**** (20 characters)'`").IsGrounded);
    }

    [Theory]
    [InlineData("eval(x) # muster:ignore no-eval because input is ours", "input is ours")]
    [InlineData("eval(x) # muster:ignore * because input is ours", "input is ours")]
    [InlineData("eval(x) /* muster:ignore no-eval because input is ours */", "input is ours")]
    [InlineData("# muster:ignore no-eval because input is ours\neval(x)", "input is ours")]
    [InlineData("# muster:ignore other-rule because input is ours\neval(x)", null)]
    [InlineData("y() # muster:ignore no-eval because this is about y\neval(x)", null)]
    [InlineData("eval('muster:ignore no-eval because I say so')", null)]
    public void A_comment_with_a_reason_suppresses_the_finding(string source, string? because)
    {
        Write("a.py", source + "\n");
        var line = source.Count(c => c == '\n') + 1;

        var evidence = CheckAll(new Finding(Severity.Major, "a.py", line, null, "m", "no-eval"));

        Assert.True(evidence.IsGrounded);
        Assert.Equal(because, evidence.SuppressedBecause);
        Assert.Null(evidence.Remark);
    }

    [Fact]
    public void A_comment_without_a_reason_does_not_count_and_the_finding_says_so()
    {
        Write("a.py", "eval(x) # muster:ignore no-eval\n");

        var evidence = CheckAll(new Finding(Severity.Major, "a.py", 1, null, "m", "no-eval"));

        Assert.Null(evidence.SuppressedBecause);
        Assert.Contains("because", evidence.Remark, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lines_hash_survives_its_move_and_its_indentation()
    {
        Write("a.py", "eval(x)\n");
        var before = Check("a.py", 1).LineHash;
        Write("a.py", "import os\n\n\n    eval(x)\r\n");

        Assert.Equal(before, Check("a.py", 4).LineHash);
        Assert.NotEqual(before, Check("a.py", 1).LineHash);
        Assert.Equal(16, before.Length);
    }

    [Fact]
    public void Lines_of_any_length_are_read_in_bounded_memory__faults_25_and_27()
    {
        var path = Path.Combine(root, "long.txt");
        using (var file = File.Create(path))
        {
            var block = new byte[1 << 20];
            block.AsSpan().Fill((byte)'x');
            for (var i = 0; i < 200; i++)
            {
                file.Write(block);
            }

            file.Write("\nlast line\n"u8);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var evidence = Check("long.txt", 2, "`last = line` is odd");
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(Check("long.txt", 1).IsGrounded);
        Assert.False(Check("long.txt", 3).IsGrounded);
        Assert.True(evidence.IsGrounded); // Part of what is around it was not kept: nothing is denied.
        Assert.True(allocated < 2_000_000, $"{allocated:N0} bytes");
    }

    [Fact]
    public void Many_findings_of_one_file_each_get_their_own_evidence()
    {
        Write("a.txt", string.Concat(Enumerable.Range(1, 500).Select(i => $"call({i})\n")));
        var findings = Enumerable.Range(1, 520).Reverse()
            .Select(i => new Finding(Severity.Minor, "a.txt", i, i + 9, $"`call({i})` again")).ToImmutableArray();

        var evidence = EvidenceCheck.Check(root, [], findings);

        Assert.Equal(500, evidence.Count(e => e.IsGrounded));
        Assert.All(findings.Zip(evidence), pair => Assert.Equal(pair.First.Line <= 500, pair.Second.IsGrounded));
    }

    [Fact]
    public void Bytes_that_are_no_text_do_no_harm__fault_26()
    {
        File.WriteAllBytes(Path.Combine(root, "a.bin"), [0xFF, 0x00, 0xC3, (byte)'\n', 0xED, 0xA0, 0x80, 0x1B]);

        Assert.True(Check("a.bin", 2).IsGrounded);
        Assert.False(Check("a.bin", 2, "`eval(x)` is here").IsGrounded);
    }

    [Fact]
    public void Evidence_is_read_back_for_the_same_published_file_alone()
    {
        var path = Path.Combine(root, "w.evidence.json");
        ImmutableArray<Evidence> evidence =
            [new(true, null, "a reason", new('a', 16)), new(false, "it is not there", null, new('b', 16), "a remark")];
        EvidenceFile.Write(path, "cafe", evidence);

        Assert.Equal<Evidence>(evidence, EvidenceFile.Read(path, "cafe", 2)!.Value);
        Assert.Null(EvidenceFile.Read(path, "other", 2));
        Assert.Null(EvidenceFile.Read(path, "cafe", 3));
        Assert.Null(EvidenceFile.Read(path + ".gone", "cafe", 2));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"version":1,"sha256":"cafe"}""")]
    [InlineData("""{"version":1,"sha256":"cafe","evidence":[null]}""")]
    [InlineData("""{"version":1,"sha256":"cafe","evidence":[{"isGrounded":true}]}""")]
    [InlineData("""{"version":2,"sha256":"cafe","evidence":[]}""")]
    public void A_damaged_evidence_file_is_as_good_as_none(string content)
    {
        Write("w.json", content);

        Assert.Null(EvidenceFile.Read(Path.Combine(root, "w.json"), "cafe", 1));
    }

    private Evidence Check(string path, int? line, string message = "message", string? glob = null) =>
        EvidenceCheck.Check(root, glob is null ? [] : [glob], [new(Severity.Major, path, line, null, message)])[0];

    private Evidence CheckAll(Finding finding) => EvidenceCheck.Check(root, [], [finding])[0];

    private void Write(string path, string text)
    {
        var full = Path.Combine(root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    /// <summary>Judging a file takes bounded time, whatever it holds: its worker is not asked how long.</summary>
    [Fact]
    public void A_file_of_endless_findings_with_endless_quotes_is_judged_in_bounded_work()
    {
        Assert.InRange(EvidenceQuotes.Of(string.Concat(Enumerable.Repeat("`(x)` ", 4_000))).All.Length, 1, 32);

        using var tree = new TempDirectory();
        tree.File("a.cs", "one\ntwo\n");
        var evidence = EvidenceCheck.Check(tree.Path, [], [.. Enumerable.Range(0, 5_000).Select(i => new Finding(Severity.Minor, "a.cs", 1, null, $"x{i}"))]);

        Assert.Equal(2_000, evidence.Count(e => e.IsGrounded));
        Assert.Contains("more than 2,000 findings", evidence[^1].WhyNot, StringComparison.Ordinal);
    }
}
