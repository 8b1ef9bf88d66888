using Muster.Agents.Inspect.Checks;
using Muster.Artefacts;

namespace Muster.Tests.Agents.Inspect.Checks;

public sealed class ContainerChecksTests : IDisposable
{
    private readonly TemporaryTree tree = new();

    public void Dispose() => tree.Dispose();

    [Fact]
    public async Task A_careless_dockerfile_is_told_line_by_line()
    {
        tree.With("Dockerfile", "FROM ubuntu:latest\nENV API_KEY=abcdef123456\nRUN curl -fsSL https://example.com/i.sh | sh\nADD https://example.com/x.tgz /x\nCOPY . /app\n");

        Assert.Equal(
            ["dockerfile-add-download:4:Minor", "dockerfile-copies-all:5:Minor", "dockerfile-moving-image:1:Minor", "dockerfile-piped-download:3:Minor", "dockerfile-runs-as-root:1:Minor", "dockerfile-secret-value:2:Minor"],
            TemporaryTree.Told(await tree.RunAsync(new DockerfileCheck())).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_comes_unencrypted_and_runs_is_major() => Assert.Contains(
        "dockerfile-piped-download:2:Major",
        TemporaryTree.Told(await tree.With("Dockerfile", "FROM debian:12\nRUN curl http://get.acme.io/i.sh | sh\nUSER 1\n").RunAsync(new DockerfileCheck())));

    [Fact]
    public async Task A_careful_dockerfile_is_not()
    {
        tree.With(".dockerignore", ".git\n").With(
            "Dockerfile",
            "ARG VERSION=1\nFROM golang:1.25 AS build\nCOPY . .\nRUN curl -o x https://example.com/x && sha256sum -c x.sha\nENV API_KEY_FILE=/run/secrets/key PASSWORD=$PASSWORD\nFROM scratch\nCOPY --from=build /x /x\nUSER 65534\n");

        Assert.Empty(await tree.RunAsync(new DockerfileCheck()));
    }

    [Fact]
    public async Task A_careless_compose_file_is_told_and_no_secret_is_printed()
    {
        tree.With(
            "docker-compose.yml",
            "services:\n  db:\n    image: postgres\n    privileged: true\n    environment:\n      POSTGRES_PASSWORD: hunter2hunter2\n    ports: [\"5432:5432\"]\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock\n");

        var found = await tree.RunAsync(new ComposeCheck());

        Assert.Equal(
            ["compose-docker-socket:9:Minor", "compose-literal-secret:6:Minor", "compose-moving-image:3:Minor", "compose-open-database:7:Minor", "compose-privileged:4:Minor"],
            TemporaryTree.Told(found).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(found, f => f.Message.Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_careful_compose_file_is_not()
    {
        tree.With(
            "compose.yaml",
            "services:\n  db:\n    image: postgres:17.2\n    environment:\n      - POSTGRES_PASSWORD=${DB_PASSWORD}\n      - POSTGRES_PASSWORD_FILE=/run/secrets/db\n    ports: [\"127.0.0.1:5432:5432\"]\n");

        Assert.Empty(await tree.RunAsync(new ComposeCheck()));
    }

    [Fact]
    public async Task A_password_that_is_the_users_name_is_no_secret() => Assert.Empty(await tree.With(
        "compose.yml", "services:\n  db:\n    image: mysql:9.5\n    environment:\n      - MYSQL_USER=petclinic\n      - MYSQL_PASSWORD=petclinic\n").RunAsync(new ComposeCheck()));

    [Fact]
    public async Task A_variable_that_names_a_file_holds_no_secret() => Assert.Empty(
        await tree.With("Dockerfile", "FROM debian:12\nENV ACCESS_KEY_FILE=access_key ROOT_PASSWORD_FILE=secret_key\nUSER 1\n").RunAsync(new DockerfileCheck()));

    [Fact]
    public async Task A_secret_beside_a_variable_that_names_a_file_is_still_told() => Assert.Equal(
        ["dockerfile-secret-value:2:Minor"],
        TemporaryTree.Told(await tree.With("Dockerfile", "FROM debian:12\nENV ACCESS_KEY_FILE=access_key API_KEY=abcdef123456\nUSER 1\n").RunAsync(new DockerfileCheck())));

    [Theory]
    [InlineData("services: [")]
    [InlineData("services: {db: 3, x: [1]}")]
    public async Task What_is_no_compose_file_does_no_harm(string text) => Assert.Empty(await tree.With("compose.yml", text).RunAsync(new ComposeCheck()));

    [Fact]
    public async Task Debt_marks_are_told_with_their_age_and_words_in_code_are_not()
    {
        tree.With("src/a.py", "x = 1  # TODO: mend it\n").With("src/b.py", "TODO = 3\nprint('FIXME')\n").Init().Commit(TemporaryTree.Now.AddDays(-900));

        var finding = Assert.Single(await tree.RunAsync(new DebtAgeCheck()));

        Assert.Equal(("src/a.py", 1, "debt-age-old-mark"), (finding.Path, finding.Line, finding.Rule));
        Assert.Contains("2.5 years old", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_block_that_stands_twice_is_told_once_and_a_short_or_tested_one_is_not()
    {
        var block = string.Concat(Enumerable.Range(0, 40).Select(i => $"    value_{i} = compute({i}, other_{i})\n"));
        tree.With("src/a.py", "def a():\n" + block).With("src/b.py", "import os\n\ndef b():\n" + block)
            .With("tests/test_a.py", block).With("src/c.py", string.Concat(block.Split('\n').Take(20).Select(l => l + "\n")));

        var finding = Assert.Single(await tree.RunAsync(new DuplicatesCheck()));

        Assert.Equal(("src/b.py:4-43", Severity.Minor), (finding.Location, finding.Severity));
        Assert.Contains("src/a.py:2", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_file_that_changes_all_the_time_is_a_hot_spot_and_a_calm_one_is_not()
    {
        tree.Init();
        var lines = string.Concat(Enumerable.Range(0, 450).Select(i => $"line_{i} = {i}\n"));
        tree.With("calm.py", lines);
        for (var i = 0; i < 51; i++)
        {
            tree.With("hot.py", lines + $"last = {i}\n").Commit(DateTimeOffset.UtcNow.AddMinutes(i - 60));
        }

        Assert.Equal("hot.py", Assert.Single(await tree.RunAsync(new HotSpotsCheck())).Path);
    }
}
