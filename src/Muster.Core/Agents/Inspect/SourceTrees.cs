namespace Muster.Agents.Inspect;

/// <summary>Listings of trees, each made once: the tasks of a run share one.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class SourceTrees
{
    private readonly Dictionary<string, Task<SourceTree>> trees = new(StringComparer.Ordinal);
    private readonly Lock treesLock = new();

    /// <summary>The listing of a tree. It is not cancelled with the task that happened to ask first.</summary>
    /// <param name="root">Absolute path.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<SourceTree> ReadAsync(string root, CancellationToken cancellationToken)
    {
        lock (treesLock)
        {
            if (!trees.TryGetValue(root, out var tree))
            {
                tree = Task.Run(() => SourceTreeReader.ReadAsync(root, CancellationToken.None), CancellationToken.None);
                trees.Add(root, tree);
            }

            return tree.WaitAsync(cancellationToken);
        }
    }
}
