using Muster.Agents.Inspect.Rules;

namespace Muster.Tests.Agents.Inspect.Rules;

public sealed class TestPathsTests
{
    [Theory]
    [InlineData("tests/app.py")]
    [InlineData("caddytest/a.key")]
    [InlineData("microbench/src/main/resources/a.pem")]
    [InlineData("t/t1450-fsck.sh")]
    [InlineData("integration/resources/a.key")]
    [InlineData("dev/tls_cluster/certs/key.pem")]
    [InlineData("client/config/testing.go")]
    public void Tests_are_known_by_their_directory(string path) => Assert.True(TestPaths.Contains(path));

    [Theory]
    [InlineData("latest/app.py")]
    [InlineData("src/contest/app.py")]
    [InlineData("src/attest/sign.go")]
    [InlineData("src/t/app.py")]
    [InlineData("src/main/java/dev/acme/App.java")]
    [InlineData("src/org/acme/integration/Gateway.java")]
    public void Words_that_only_end_so_are_no_tests(string path) => Assert.False(TestPaths.Contains(path));
}
