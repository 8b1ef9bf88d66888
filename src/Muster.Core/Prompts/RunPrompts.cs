using System.Collections.Immutable;
using System.Text;
using Muster.Runs;
using Muster.Settings;

namespace Muster.Prompts;

/// <summary>The templates that a run makes its prompts from. They are frozen in its directory when it is planned, so that a resume asks what the run asked.</summary>
public sealed class RunPrompts
{
    private readonly ImmutableArray<(string Role, string Name, PromptTemplate Template)> templates;

    private RunPrompts(IEnumerable<(string Role, string Name, PromptTemplate Template)> templates) => this.templates = [.. templates];

    /// <summary>The roles of a plan's run, each with the name of its template.</summary>
    public static ImmutableArray<(string Role, string Template)> PlanRoles { get; } = [("worker", "worker"), ("coordinator", "coordinator")];

    /// <summary>The same for a run that makes a plan: its worker is a planner.</summary>
    public static ImmutableArray<(string Role, string Template)> PlannerRoles { get; } = [("worker", "planner"), ("coordinator", "coordinator")];

    /// <summary>The same for a build, whose audit is a plan's run.</summary>
    public static ImmutableArray<(string Role, string Template)> BuildRoles { get; } =
        [.. PlanRoles, .. new[] { "architect", "trainer", "scaffolder", "builder", "qc", "judge", "shipper", "curator", "action" }.Select(role => (role, role))];

    /// <summary>Those of a plan's run that come with the program.</summary>
    public static RunPrompts BuiltIn { get; } = new(PlanRoles.Select(r => (r.Role, r.Template, PromptTemplate.BuiltIn(r.Template))));

    /// <summary>Of workers.</summary>
    public PromptTemplate Worker => Of("worker");

    /// <summary>Of coordinators.</summary>
    public PromptTemplate Coordinator => Of("coordinator");

    /// <summary>Those for a run over a tree: a file of the tree takes a built-in one's place once a person approved it.</summary>
    /// <param name="root">The tree.</param>
    /// <param name="approved">What they approved.</param>
    /// <param name="roles">The run's, each with the name of its template.</param>
    /// <param name="ignored">Told of each file of the tree that has no say.</param>
    /// <exception cref="PromptException">An approved file lacks a placeholder, or has one that stands for nothing.</exception>
    public static RunPrompts Of(string root, ApprovedFiles approved, ImmutableArray<(string Role, string Template)> roles, Action<string> ignored)
    {
        PromptTemplate Find(string name)
        {
            var prompt = RolePrompt.Of(name, root, approved);
            if (prompt.WhyIgnored(root) is { } why)
            {
                ignored(why);
            }

            return prompt.InForce;
        }

        return new(roles.Select(r => (r.Role, r.Template, Find(r.Template))));
    }

    /// <summary>Those that were frozen with a run.</summary>
    /// <param name="runDirectory">Its directory.</param>
    /// <param name="frozen">What its header says; a role that it does not name has the built-in one.</param>
    /// <exception cref="PromptException">One is not there as it was.</exception>
    public static RunPrompts Read(string runDirectory, ImmutableArray<RunPrompt> frozen) =>
        new(frozen.Select(prompt => (prompt.Role, prompt.Template, Thaw(runDirectory, prompt))));

    /// <summary>The template of a role.</summary>
    /// <param name="role">In lower case.</param>
    /// <exception cref="PromptException">There is no such role.</exception>
    public PromptTemplate Of(string role) => Find(role) ?? BuiltIn.Find(role) ?? PromptTemplate.BuiltIn(role);

    /// <summary>Some of them, for a run beneath this one.</summary>
    public RunPrompts Only(ImmutableArray<(string Role, string Template)> roles) => new(roles.Select(r => (r.Role, r.Template, Of(r.Role))));

    /// <summary>Keeps them in a run's directory; a file's name has its hash, so that those of before an amended plan stay beside them.</summary>
    /// <param name="runDirectory">The directory.</param>
    /// <returns>What the run's header says of them.</returns>
    public ImmutableArray<RunPrompt> Freeze(string runDirectory)
    {
        Directory.CreateDirectory(Path.Combine(runDirectory, "prompts"));
        var frozen = templates.Select(t => (Prompt: new RunPrompt(t.Role, t.Name, t.Template.Sha256), t.Template.Text)).ToList();
        frozen.ForEach(f => File.WriteAllText(PathOf(runDirectory, f.Prompt), f.Text));
        return [.. frozen.Select(f => f.Prompt)];
    }

    private PromptTemplate? Find(string role) => templates.FirstOrDefault(t => t.Role == role).Template;

    private static PromptTemplate Thaw(string runDirectory, RunPrompt prompt)
    {
        if (PromptTemplate.Names.Contains(prompt.Template) && PromptTemplate.BuiltIn(prompt.Template) is var builtIn && builtIn.Sha256 == prompt.Sha256)
        {
            return builtIn;
        }

        var path = PathOf(runDirectory, prompt);
        try
        {
            var template = new PromptTemplate(path, Encoding.UTF8.GetString(File.ReadAllBytes(path)));
            return template.Sha256 == prompt.Sha256 ? template : throw PromptException.Thawed(path, "has changed since");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw PromptException.Thawed(path, $"cannot be read: {e.Message.TrimEnd('.')}", e);
        }
    }

    /// <summary>The name comes out of the journal, which may be damaged: only its letters count.</summary>
    private static string PathOf(string runDirectory, RunPrompt prompt) =>
        Path.Combine(runDirectory, "prompts", $"{new string([.. prompt.Template.Where(char.IsAsciiLetter)])}-{new string([.. prompt.Sha256.Where(char.IsAsciiHexDigit).Take(12)])}.md");
}
