using Muster.Git;

namespace Muster.Tests.Git;

/// <summary>What a branch may change.</summary>
public sealed class DiffRulesTests : BuildTest
{
    [Theory]
    [InlineData("a/one.cs", true)]
    [InlineData("a", true)]
    [InlineData("file.txt", true)]
    [InlineData("a/.gitignore", true)]
    [InlineData("ab/one.cs", false)]
    [InlineData("A/one.cs", false)]
    [InlineData("file.txt.bak", false)]
    [InlineData("a/.orchestration/x", true)]
    [InlineData("a/locked/x", false)]
    [InlineData("a/LOCKED/x", false)]
    [InlineData("a/lockedout", true)]
    [InlineData("a/.git/hooks/post-checkout", false)]
    [InlineData("a/.GIT/config", false)]
    [InlineData("a/.g\u200Cit/config", false)]
    [InlineData("a/git~1/config", false)]
    [InlineData("a/.git. /config", false)]
    [InlineData("a/.git::$INDEX_ALLOCATION/config", false)]
    [InlineData("a/.gitmodules", false)]
    [InlineData("a/bad\uFFFDname", false)]
    [InlineData("../a/one.cs", false)]
    public void A_path_is_the_modules_or_it_is_named(string path, bool isAllowed) =>
        Assert.Equal(isAllowed, Broken(new(path, 'A', "000000", "100644", 1, 0, null)).IsEmpty());

    [Theory]
    [InlineData("a/link", "one.cs", true)]
    [InlineData("a/b/c/link", "../../../top/file", true)]
    [InlineData("a/link", "./x/./y", true)]
    [InlineData("a/link", "../../etc", false)]
    [InlineData("a/link", "/etc/passwd", false)]
    [InlineData("a/link", "b/../../../etc", false)]
    [InlineData("a/link", "../.git/config", false)]
    [InlineData("a/link", "../.GIT", false)]
    [InlineData("a/link", "", false)]
    [InlineData("a/link", null, false)]
    public void A_link_stays_in_the_tree_and_out_of_gits_files(string path, string? target, bool isAllowed) =>
        Assert.Equal(isAllowed, Broken(new(path, 'A', "000000", "120000", 1, 0, target)).IsEmpty());

    [Theory]
    [InlineData("*.txt text eol=lf\n# filter=x\n", true)]
    [InlineData("*.bin -diff binary\n", true)]
    [InlineData("*.txt filter=lfs\n", false)]
    [InlineData("\uFEFF[attr]m  merge=union\r\n", false)]
    [InlineData("\"a b\" diff=word\n", false)]
    public void A_file_of_attributes_names_no_driver(string text, bool isAllowed) =>
        Assert.Equal(isAllowed, Broken(new("a/.gitattributes", 'M', "100644", "100644", 1, 0, text)).IsEmpty());

    [Fact]
    public void A_change_of_nothing_and_one_of_too_much_are_refused()
    {
        Assert.Single(DiffRules.Check(new("b", "h", [], 0), ["a"], []));
        Assert.Single(DiffRules.Check(new("b", "h", [new("a/x", 'A', "000000", "100644", 1, 0, null)], 30_000), ["a"], []));
    }

    [Fact]
    public void A_name_with_control_or_direction_characters_is_shown_without_them()
    {
        var told = Assert.Single(Broken(new("x\u001b[2J\u202E.txt", 'A', "000000", "100644", 1, 0, null)));

        Assert.DoesNotContain('\u001b', told);
        Assert.Contains("\\u202E", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Links_modes_counts_attributes_and_renames_are_read_from_real_commits()
    {
        await StartAsync();
        var tree = await AddAsync("a");
        File.CreateSymbolicLink(Path.Combine(tree.Path, "a/link"), "../../outside");
        File.Move(Path.Combine(tree.Path, "a/one.txt"), Path.Combine(tree.Path, "a/renamed.txt"));
        RealRepository.Write(Path.Combine(tree.Path, "a/.gitattributes"), "* filter=x\n");
        RealRepository.Write(Path.Combine(tree.Path, "a/run.sh"), "1\n2\n");
        File.SetUnixFileMode(Path.Combine(tree.Path, "a/run.sh"), UnixFileMode.UserExecute | UnixFileMode.UserRead);
        var head = (await BranchWork.CommitAllAsync(tree, "m", Token)).Commit;

        var diff = await BranchDiff.ReadAsync(Repository, Base, head, Token);

        Assert.Equal(
            ["A a/.gitattributes 100644 1 * filter=x\n", "A a/link 120000 1 ../../outside", "D a/one.txt 000000 0 ", "A a/renamed.txt 100644 1 ", "A a/run.sh 100755 2 "],
            diff.Paths.Select(p => $"{p.Status} {p.Path} {p.NewMode} {p.Added} {p.Content}"));
        Assert.Equal((5, 5, 1), (diff.Count, diff.Added, diff.Deleted));
        Assert.Equal(2, DiffRules.Check(diff, ["a"], []).Length);
        Assert.Equal(0, (await BranchDiff.ReadAsync(Repository, head, head, Token)).Count);
    }

    // What git itself would not add, a tree made by hand can hold.
    [Fact]
    public async Task A_tree_made_by_hand_with_gits_own_names_is_named()
    {
        await StartAsync();
        var blob = Real.Git("hash-object", "-w", "top.txt");
        var index = Path.Combine(Real.Outside, "tree");
        File.WriteAllText(index, $"100644 blob {blob}\tconfig\n");
        var inner = RealRepository.GitIn(Real.Checkout, "-c", $"alias.mk=!git mktree < '{index}'", "mk");
        File.WriteAllText(index, $"040000 tree {inner}\t.git\n");
        var outer = RealRepository.GitIn(Real.Checkout, "-c", $"alias.mk=!git mktree < '{index}'", "mk");
        var commit = Real.Git("commit-tree", outer, "-p", Base, "-m", "by hand");

        var diff = await BranchDiff.ReadAsync(Repository, Base, commit, Token);

        Assert.Contains(DiffRules.Check(diff, ["."], []), v => v.Contains("belongs to git itself", StringComparison.Ordinal));
    }

    private static string[] Broken(ChangedPath path) =>
        [.. DiffRules.Check(new("b", "h", [path], 1), ["a/", "file.txt"], [".orchestration", "a/locked"])];
}

file static class Emptiness
{
    public static bool IsEmpty(this string[] texts) => texts.Length == 0;
}
