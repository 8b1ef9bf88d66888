using System.Collections.Immutable;

namespace Muster.Agents.Inspect.Checks;

/// <summary>The checks that are code, because a pattern over lines cannot say what they look for.</summary>
public static class StructuredChecks
{
    /// <summary>One of each.</summary>
    public static ImmutableArray<ICheck> All { get; } =
    [
        new MarkdownLinksCheck(), new DocsPathsCheck(), new HtmlAltCheck(), new RepoBasicsCheck(), new LargeFilesCheck(), new DependenciesCheck(),
        new WorkflowsCheck(), new DockerfileCheck(), new ComposeCheck(), new DebtAgeCheck(), new HotSpotsCheck(), new DuplicatesCheck(),
    ];
}
