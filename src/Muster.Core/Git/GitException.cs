namespace Muster.Git;

/// <summary>Git cannot do, or must not do, what a build needs.</summary>
public sealed class GitException : MusterException
{
    private GitException(string message, string nextStep, Exception? inner = null)
        : base(message, nextStep, inner)
    {
    }

    internal static GitException NotInstalled(Exception inner) => new(
        "Git cannot be started.", "Install git 2.38 or newer, so that 'git --version' answers.", inner);

    internal static GitException TooOld(string version) => new(
        $"Git {version} is too old: merges are probed with 'git merge-tree --write-tree', which came with 2.38.", "Install git 2.38 or newer.");

    internal static GitException NotARepository(string path, string errors) => new(
        $"There is no git repository at {Printable.Of(path)}: {Said(errors)}.", "Run 'git init' there and commit what is in it, or name an empty directory.");

    internal static GitException Bare(string path) => new(
        $"The repository at {Printable.Of(path)} is bare.", "Clone it, and name the clone.");

    internal static GitException Failed(string command, string directory, GitOutcome outcome) => new(
        $"'git {Printable.Of(command)}' failed in {Printable.Of(directory)} with exit code {outcome.ExitCode}: {Said(outcome.Errors.Length > 0 ? outcome.Errors : outcome.Text)}.",
        "Nothing else was done; see to the cause, then run 'muster resume'.");

    internal static GitException TimedOut(string command, string directory, TimeSpan limit) => new(
        $"'git {Printable.Of(command)}' in {Printable.Of(directory)} took longer than {limit.TotalSeconds:0} seconds and was ended.",
        "Look whether the disk answers and no other git waits there, then run 'muster resume'.");

    internal static GitException TooMuch(string command, string directory, long limit) => new(
        $"'git {Printable.Of(command)}' in {Printable.Of(directory)} printed more than {limit >> 20} MiB and was ended.",
        "The tree or the change is larger than a build can hold; look at it with git.");

    internal static GitException Locked(string path) => new(
        $"Another git holds {Printable.Of(path)}, or died there a moment ago.",
        "Let it end; when 'ps' shows no git at work there, remove the file and run 'muster resume'.");

    internal static GitException DirectoryInTheWay(string path, string why) => new(
        $"A worktree cannot be made at {Printable.Of(path)}: {why}.", "Nothing was removed; move what lies there elsewhere, then run 'muster resume'.");

    internal static GitException BranchElsewhere(string branch, string path) => new(
        $"The branch {branch} is checked out at {Printable.Of(path)}.", "Switch that worktree to another branch, then run 'muster resume'.");

    internal static GitException BranchHasOtherCommits(string branch, string tip, string start) => new(
        $"The branch {branch} is at {tip} and has commits that do not come from {start}.", "Nothing was changed; rename or delete the branch if you do not need it.");

    internal static GitException Gone(string path) => new(
        $"The worktree {Printable.Of(path)} is not there.", "Run 'muster resume': it is made again from its branch.");

    internal static GitException PointerChanged(string path) => new(
        $"The file .git of the worktree {Printable.Of(path)} does not point where it was made to.",
        "Somebody changed git's own files there; keep what you need of the worktree, remove it, and retry its task.");

    internal static GitException HeadMoved(string path, string expected, string found) => new(
        $"The worktree {Printable.Of(path)} is on {Printable.Of(found)} and not on {expected}.", "Look at what was done there; 'git switch' brings it back, then run 'muster resume'.");

    internal static GitException HeadUnexpected(string path, string expected, string found) => new(
        $"The worktree {Printable.Of(path)} is at commit {found}, and the journal says {expected}.",
        "Nothing was changed; look at both with 'git log', and put its branch where it belongs.");

    internal static GitException NotAnAncestor(string path, string to, string head) => new(
        $"The worktree {Printable.Of(path)} cannot go back to {to}: its head {head} does not come from it.", "Nothing was changed; look at both with 'git log'.");

    internal static GitException NotOurs(string path) => new(
        $"The worktree {Printable.Of(path)} was not made by this engine, so nothing is reset there.", "Name the run's own worktree.");

    internal static GitException NotClean(string path, IReadOnlyList<string> files) => new(
        $"The worktree {Printable.Of(path)} has uncommitted changes: {Printable.Some(files)}.", "Commit or undo them; nothing was merged.");

    internal static GitException NestedRepository(string path, IReadOnlyList<string> directories) => new(
        $"In the worktree {Printable.Of(path)} lie repositories of their own: {Printable.Some(directories)}.",
        "Nothing was committed; a module brings files, so remove their .git or them.");

    internal static GitException BaseMoved(string branch, string expected, string found) => new(
        $"The branch {branch} moved from {expected} to {found} during the run.", "Nothing was merged; the build has to be verified again on the new base.");

    internal static GitException NotFromBase(string branch, string commit, string at) => new(
        $"Commit {commit} does not come from {at}, where the branch {branch} is.", "Nothing was merged; merge the branch into the integration branch first.");

    private static string Said(string errors) =>
        Printable.Of(string.Join(' ', errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(3))).TrimEnd('.');
}
