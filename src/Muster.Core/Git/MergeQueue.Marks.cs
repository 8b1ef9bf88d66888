namespace Muster.Git;

/// <content>Bringing a branch up to what it has to go with, for somebody to settle what does not.</content>
public sealed partial class MergeQueue
{
    /// <summary>Merges a commit into an agent's worktree. What conflicts is committed with both sides between marks, as git writes them.</summary>
    /// <param name="worktree">One of the engine's own worktrees, without uncommitted changes.</param>
    /// <param name="commit">The commit, in full; where the branch has it already, nothing is done.</param>
    /// <param name="message">What the merge commit says.</param>
    /// <param name="cancellationToken">Ends git.</param>
    /// <returns>The branch's head.</returns>
    /// <exception cref="GitException">The worktree is not clean, or not as the engine made it.</exception>
    public async Task<string> MergeWithMarksAsync(Worktree worktree, string commit, string message, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            await worktree.CheckAsync(cancellationToken);
            var place = worktree.Place;
            var head = (await place.CommitOfAsync("HEAD", cancellationToken))!;
            if (await place.IsAncestorAsync(commit, head, cancellationToken))
            {
                return head;
            }

            if (await ChangesAsync(place, cancellationToken) is { Length: > 0 } changes)
            {
                throw GitException.NotClean(worktree.Path, changes);
            }

            var probe = await ProbeAsync(place, head, commit, cancellationToken);
            var merge = GitRepository.Line(await place.AskAsync(["commit-tree", probe.Tree, "-p", head, "-p", commit, "-F", "-"], message, cancellationToken));
            await MoveAsync(worktree, head, merge, cancellationToken);
            return merge;
        }
        finally
        {
            turn.Release();
        }
    }
}
