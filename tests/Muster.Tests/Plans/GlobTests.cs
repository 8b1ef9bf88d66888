using CsCheck;
using Muster.Plans;

namespace Muster.Tests.Plans;

public sealed class GlobTests
{
    [Theory]
    [InlineData("*.cs", "src/a.cs", true)]
    [InlineData("src/*.cs", "src/a.cs", true)]
    [InlineData("src/*.cs", "src/deep/a.cs", false)]
    [InlineData("src/**/*.cs", "src/a.cs", true)]
    [InlineData("src/**/*.cs", "src/x/y/a.cs", true)]
    [InlineData("**/*.{ts,tsx}", "web/a.tsx", true)]
    [InlineData("**/*.{ts,tsx}", "web/a.js", false)]
    [InlineData("docs/", "docs/a/b.md", true)]
    [InlineData("[ab].txt", "a.txt", true)]
    [InlineData("[!ab].txt", "a.txt", false)]
    [InlineData("a?.txt", "ab.txt", true)]
    [InlineData("a.b", "aXb", false)]
    public void A_pattern_matches_what_people_expect(string pattern, string path, bool matches) =>
        Assert.Equal(matches, Glob.Parse(pattern).IsMatch(path));

    [Theory]
    [InlineData("")]
    [InlineData("/etc/*")]
    [InlineData("../*")]
    [InlineData("a/../../b")]
    [InlineData("{a,b")]
    [InlineData("[a")]
    public void A_pattern_that_leads_out_or_does_not_close_is_refused(string pattern) => Assert.Throws<GlobException>(() => Glob.Parse(pattern));

    [Fact]
    public void A_path_without_special_characters_matches_itself_alone() =>
        Gen.String[Gen.Char["abcXYZ019._-/"], 1, 30].Where(p => p.Contains('/') && !p.StartsWith('/') && !p.EndsWith('/') && !p.Split('/').Contains("..") && !p.StartsWith("./", StringComparison.Ordinal))
            .Sample(path => Glob.Parse(path).IsMatch(path) && !Glob.Parse(path).IsMatch(path + "x"));
}
