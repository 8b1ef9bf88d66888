using Muster.Artefacts;

namespace Muster.Agents.Inspect;

/// <summary>One thing that the inspector can look for. Stateless: many tasks use one instance at once.</summary>
public interface ICheck
{
    /// <summary>The name that a task's <c>checks</c> list uses; kebab-case.</summary>
    string Id { get; }

    /// <summary>Looks through the files in scope and yields findings with real evidence.</summary>
    /// <param name="context">The tree, and the files of it that are in scope.</param>
    /// <param name="cancellationToken">Asked at least once per file.</param>
    IEnumerable<Finding> Run(CheckContext context, CancellationToken cancellationToken);
}
