using Muster.Agents.Inspect.Checks;

namespace Muster.Tests.Agents.Inspect.Checks;

public sealed class WorkflowsCheckTests : IDisposable
{
    private const string Sha = "0123456789abcdef0123456789abcdef01234567";
    private readonly TemporaryTree tree = new();

    public void Dispose() => tree.Dispose();

    private async Task<string[]> ToldAsync(string text) =>
        TemporaryTree.Told(await tree.With(".github/workflows/ci.yml", text).RunAsync(new WorkflowsCheck()));

    [Fact]
    public async Task What_is_not_pinned_is_told_once_for_its_kind_and_pinned_or_local_is_not() => Assert.Equal(
        ["workflow-official-action-not-pinned:6:Minor", "workflow-action-not-pinned:8:Minor", "workflow-action-not-pinned:17:Major"],
        await ToldAsync($"""
            on: push
            permissions: read-all
            jobs:
              a:
                steps:
                  - uses: actions/checkout@v4
                  - uses: actions/cache@v4
                  - uses: some/action@v1 # v1
                  - uses: some/action@v1
                  - uses: third/action@main
                  - uses: other/action@{Sha}
                  - uses: ./local
                  - uses: docker://alpine@sha256:abc
              b:
                permissions:
                  packages: write
                uses: org/repo/.github/workflows/x.yml@main
            """));

    [Theory]
    [InlineData("env: { T: '${{ secrets.NUGET_KEY }}' }", "Major")]
    [InlineData("env: { T: '${{ secrets.GITHUB_TOKEN }}' }", "Minor")]
    [InlineData("permissions: { id-token: write }", "Major")]
    [InlineData("permissions: { checks: write }", "Minor")]
    public async Task An_action_of_a_branch_is_major_where_the_job_has_something_to_steal(string job, string severity) => Assert.Equal(
        [$"workflow-action-not-pinned:6:{severity}"],
        await ToldAsync($"on: push\npermissions: {{}}\njobs:\n  a:\n    {job}\n    steps: [{{ uses: some/action@main }}]\n"));

    [Theory]
    [InlineData("pull_request", "Minor")]
    [InlineData("pull_request_target", "Major")]
    public async Task The_names_of_a_requests_files_are_a_strangers_text(string trigger, string severity) => Assert.Equal(
        [$"workflow-script-injection:6:{severity}"],
        await ToldAsync($$$"""
            on: {{{trigger}}}
            permissions: {}
            jobs:
              a:
                steps:
                  - run: for f in ${{ steps.changed.outputs.all_changed_files }}; do echo "$f"; done
            """));

    [Theory]
    [InlineData("pull_request", "Minor")]
    [InlineData("[pull_request, issue_comment]", "Major")]
    public async Task Who_opens_a_request_may_change_its_workflow_anyway(string trigger, string severity) => Assert.Equal(
        [$"workflow-script-injection:6:{severity}"],
        await ToldAsync($$$"""
            on: {{{trigger}}}
            permissions: {}
            jobs:
              a:
                steps:
                  - run: echo "${{ github.head_ref }}"
            """));

    [Fact]
    public async Task An_action_of_the_repositorys_own_organisation_is_advice()
    {
        const string Text = "on: push\npermissions: {}\njobs:\n  a:\n    permissions: { packages: write }\n    steps: [{ uses: Acme/deploy@main }]\n";

        Assert.Equal(["workflow-action-not-pinned:6:Major"], await ToldAsync(Text));

        tree.With(".github/CODEOWNERS", "* @acme/platform\n");
        Assert.Equal(["workflow-action-not-pinned:6:Minor"], await ToldAsync(Text));
    }

    [Fact]
    public async Task A_workflow_that_must_be_named_by_tag_is_left_alone() => Assert.Empty(
        await ToldAsync("on: push\njobs:\n  a:\n    permissions: { id-token: write }\n    uses: slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@v2.1.0\n"));

    [Theory]
    [InlineData("docker/login-action@master", "Minor")]
    [InlineData("somebody/login-action@master", "Major")]
    [InlineData("somebody/login-action@refs/heads/next", "Major")]
    [InlineData("somebody/login-action@v3", "Minor")]
    public async Task A_tag_and_the_publishers_that_a_project_trusts_anyway_are_advice(string action, string severity) => Assert.Equal(
        [$"workflow-action-not-pinned:6:{severity}"],
        await ToldAsync($"on: push\npermissions: {{ packages: write }}\njobs:\n  a:\n    steps:\n      - uses: {action}\n"));

    [Fact]
    public async Task A_request_by_the_update_bot_is_no_strangers_code() => Assert.Empty(
        await ToldAsync("""
            on: pull_request_target
            permissions: {}
            jobs:
              a:
                if: github.event.pull_request.user.login == 'dependabot[bot]'
                steps:
                  - run: gh pr checkout "$PR_URL"
            """));

    [Fact]
    public async Task A_strangers_head_with_our_secrets_is_critical() => Assert.Equal(
        ["workflow-pull-request-target-checkout:9:Critical", "workflow-pull-request-target-checkout:11:Critical"],
        await ToldAsync($$$"""
            on: [pull_request_target]
            permissions: {}
            jobs:
              a:
                runs-on: ubuntu-latest
                steps:
                  - uses: actions/checkout@{{{Sha}}}
                    with:
                      ref: ${{ github.event.pull_request.head.sha }}
                  - run: |
                      gh pr checkout 1
            """));

    [Fact]
    public async Task The_base_alone_or_own_branches_alone_are_fine() => Assert.Empty(
        await ToldAsync($$$"""
            on: { pull_request_target: { types: [opened] } }
            permissions: {}
            jobs:
              a:
                steps: [{ uses: actions/checkout@{{{Sha}}} }]
              b:
                if: github.event.pull_request.head.repo.full_name == github.repository
                steps:
                  - uses: actions/checkout@{{{Sha}}}
                    with: { ref: "${{ github.head_ref }}" }
            """));

    [Fact]
    public async Task A_strangers_text_in_a_script_is_told_but_not_in_env_or_a_comparison() => Assert.Equal(
        ["workflow-script-injection:9:Major", "workflow-script-injection:16:Major"],
        await ToldAsync($$$"""
            on: { issues: {} }
            permissions: {}
            jobs:
              a:
                steps:
                  - env: { TITLE: "${{ github.event.issue.title }}" }
                    run: |
                      echo "$TITLE ${{ github.event.issue.number }} ${{ github.sha }}"
                      echo "${{ github.event.issue.title }}"
                      echo "${{ contains(github.event.issue.body, 'x') }}"
                  - if: contains(github.event.comment.body, '/go')
                    run: echo ok
                  - uses: actions/github-script@{{{Sha}}}
                    with:
                      script: |
                        const ref = '${{ github.head_ref }}';
            """));

    [Fact]
    public async Task Rights_runners_secrets_commands_and_downloads_are_told() => Assert.Equal(
        [
            "workflow-permissions-write-all:2:Minor", "workflow-self-hosted-pull-request:5:Minor", "workflow-unsecure-commands:7:Major",
            "workflow-piped-download:9:Minor", "workflow-secrets-inherit:12:Minor",
        ],
        await ToldAsync("""
            on: [push, pull_request]
            permissions: write-all
            jobs:
              a:
                runs-on: [self-hosted, linux]
                env:
                  ACTIONS_ALLOW_UNSECURE_COMMANDS: true
                steps:
                  - run: curl -sSf https://example.org/x.sh | sudo -E bash -
              b:
                uses: ./.github/workflows/x.yml
                secrets: inherit
            """));

    [Fact]
    public async Task Missing_rights_are_told_once() => Assert.Equal(
        ["workflow-permissions-missing:5:Minor"],
        await ToldAsync("on: push\njobs:\n  a:\n    permissions: {}\n  b:\n    runs-on: x\n  c:\n    runs-on: y\n"));

    [Fact]
    public async Task Harmless_likenesses_are_not_told() => Assert.Empty(
        await ToldAsync("""
            on: [push, pull_request, workflow_dispatch]
            jobs:
              a:
                permissions: { contents: write }
                if: github.event_name == 'push'
                runs-on: self-hosted
                env: { ACTIONS_ALLOW_UNSECURE_COMMANDS: false }
                steps:
                  - run: |
                      # curl https://example.org/x | sh
                      curl https://example.org/x.tgz | tar xz
                      curl https://example.org/x.json | jq .sh
              b:
                permissions: {}
                uses: ./.github/workflows/x.yml
                secrets: { token: a }
            """));

    [Theory]
    [InlineData("jobs: [")]
    [InlineData("jobs: &a { a: *a }\non: push\npermissions: {}\n")]
    [InlineData("jobs: &a { steps: [ *a ], x: { steps: *a, permissions: {} } }\npermissions: {}\n")]
    [InlineData("? [a, b]\n: c\njobs: {}\n")]
    [InlineData("jobs:\n  a: *nowhere\n")]
    [InlineData("jobs:\n  a: 1\n  a: 2\n")]
    [InlineData("")]
    public async Task Odd_yaml_is_survived(string text) => Assert.Empty(await ToldAsync(text));

    [Fact]
    public async Task Depth_and_alias_bombs_are_survived()
    {
        Assert.Empty(await ToldAsync("jobs: " + new string('[', 100_000)));
        var bomb = "permissions: {}\nb0: &b0 [x, x, x, x, x, x, x, x, x]\n"
            + string.Concat(Enumerable.Range(1, 30).Select(i => $"b{i}: &b{i} [{string.Join(", ", Enumerable.Repeat($"*b{i - 1}", 9))}]\n"));
        Assert.Empty(await ToldAsync(bomb + "jobs:\n  a:\n    steps: *b30\n"));
        Assert.Empty(await ToldAsync(bomb + "jobs:\n  *b30 : x\n"));
    }
}
