using System.Text.RegularExpressions;

namespace Muster.Agents.Inspect.Rules;

/// <summary>Which paths hold tests, fixtures, samples, benchmarks and documentation: code that no user runs.</summary>
internal static partial class TestPaths
{
    public static bool Contains(string path) =>
        DirectoryPattern().IsMatch(path) || NamePattern().IsMatch(path) || JoinedPattern().Matches(path).Any(match => !OtherWordPattern().IsMatch(match.Value));

    [GeneratedRegex(
        "(?:^|/)(?:[^/]*[._-])?(?:tests?|specs?|__tests__|__mocks__|mocks?|fixtures?|testdata|test_?utils?|testing|e2e|cypress|"
        + "examples?|samples?|snippets?|demos?|tutorials?|bench|benches|benchmark(?:s|ing)?|docs?|playground)(?:[._-][^/]*)?/"
        + "|(?:^|/)[A-Za-z.]*(?:Tests?|Specs?|Snippets|Benchmarks?|Samples?)(?:\\.[^/]*)?/",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex DirectoryPattern();

    /// <summary>Directories such as <c>caddytest</c> and <c>microbench</c>, and the <c>t</c>, <c>integration</c> and <c>dev</c> that many keep at the root.</summary>
    [GeneratedRegex("(?:^|/)[a-z]+(?:tests?|bench)/|^(?:t|integration|hack|\\.?dev(?:containers?)?)/", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex JoinedPattern();

    [GeneratedRegex("(?:la|con|at|pro|de|grea|in)tests?/$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex OtherWordPattern();

    [GeneratedRegex(
        "(?:^|/)(?:test_[^/]*|conftest|tests)\\.py$|_tests?\\.(?:go|py|rb|rs|c|cc|cpp|exs|dart)$|_spec\\.rb$|[.-](?:test|spec|e2e|stories|bench)\\.[cm]?[jt]sx?$"
        + "|(?:Tests?|TestCase|Specs?|IT)\\.(?:cs|java|kt|php|swift|fs|vb|scala|groovy)$|(?:^|/)(?:tests?|spec|bench|testing)\\.[a-z]+$|(?i:\\.(?:example|sample|template|dist)$)",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
