using System.Collections.Immutable;
using Muster.Settings;

namespace Muster.Prompts;

/// <summary>The prompt of a role over a tree: the built-in one, and the tree's own where it has a file of that name.</summary>
/// <param name="Role">One of <see cref="PromptTemplate.Names"/>.</param>
/// <param name="BuiltIn">What holds where nobody approved another.</param>
/// <param name="File">The tree's file, approved or not; null where there is none.</param>
/// <param name="Unreadable">Why the tree's file cannot be read; null where it can be, or is not there.</param>
public sealed record RolePrompt(string Role, PromptTemplate BuiltIn, TreeFile? File, string? Unreadable = null)
{
    /// <summary>Whether the tree's file takes the built-in prompt's place.</summary>
    public bool IsOverridden => File?.ApprovedText is not null;

    /// <summary>The template from which prompts are made.</summary>
    /// <exception cref="PromptException">The approved file lacks a placeholder, or has one that stands for nothing.</exception>
    public PromptTemplate InForce => File?.ApprovedText is { } text ? Fitting(File.Path, text) : BuiltIn;

    /// <summary>The tree's file as a template that fits, whether or not it is approved.</summary>
    /// <exception cref="PromptException">It does not fit.</exception>
    public PromptTemplate Fitting(string path, string text) => new PromptTemplate(path, text).Check(BuiltIn.Placeholders);

    /// <summary>Looks for a role's prompt in a tree.</summary>
    /// <param name="role">One of <see cref="PromptTemplate.Names"/>.</param>
    /// <param name="root">The tree.</param>
    /// <param name="approved">What the person approved.</param>
    /// <exception cref="PromptException">There is no such role.</exception>
    public static RolePrompt Of(string role, string root, ApprovedFiles approved)
    {
        var builtIn = PromptTemplate.BuiltIn(role);
        try
        {
            return new(role, builtIn, approved.Look(Path.Combine(TreeFiles.PromptsDirectory(root), role + ".md")));
        }
        catch (SettingsException e) when (e.IsOfTree)
        {
            return new(role, builtIn, null, e.Message); // Whatever lies there must not keep the tree from being worked on.
        }
    }

    /// <summary>The prompts of all roles, in the order of <see cref="PromptTemplate.Names"/>.</summary>
    public static ImmutableArray<RolePrompt> All(string root, ApprovedFiles approved) => [.. PromptTemplate.Names.Select(role => Of(role, root, approved))];

    /// <summary>Why the tree's file has no say, a full sentence; null where it has, or there is none.</summary>
    public string? WhyIgnored(string root) => (Unreadable, File?.Standing) switch
    {
        ({ } why, _) => $"The prompt '{Role}' of the tree is ignored: {why}",
        (_, ApprovalStanding.Changed) => $"{File!.Path} is ignored: it has changed since you approved it. Look at it, and approve it with 'muster trust {root}'; the built-in prompt is used.",
        (_, ApprovalStanding.NotApproved) => $"{File!.Path} is ignored: nobody approved it. Look at it, and approve it with 'muster trust {root}'; the built-in prompt is used.",
        _ => null,
    };
}
