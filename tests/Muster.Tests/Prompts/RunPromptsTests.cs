using Muster.Dispatch;
using Muster.Plans;
using Muster.Prompts;
using Muster.Runs;
using Muster.Settings;
using Muster.Tests.Journal;

namespace Muster.Tests.Prompts;

/// <summary>What a run's prompts are made from: the tree's files where a person approved them, frozen with the run.</summary>
public sealed class RunPromptsTests : IDisposable
{
    private static readonly string Own = "OWN WORDS\n" + PromptTemplate.BuiltIn("worker").Text;

    private readonly TempDirectory home = new();
    private readonly List<string> notices = [];

    private string Tree => Path.Combine(home.Path, "tree");

    private ApprovedFiles Approved => ApprovedFiles.Load(Path.Combine(home.Path, "config"));

    public void Dispose() => home.Dispose();

    [Fact]
    public void A_file_of_the_tree_is_used_only_once_it_is_approved_and_as_it_was_then()
    {
        var path = home.File("tree/.muster/prompts/worker.md", Own);
        Assert.Equal(RunPrompts.BuiltIn.Worker.Sha256, Of().Worker.Sha256);
        Assert.Contains("nobody approved it", Assert.Single(notices), StringComparison.Ordinal);

        Approve(path);
        Assert.Equal(Own, Of().Worker.Text);
        Assert.Equal(RunPrompts.BuiltIn.Coordinator.Sha256, Of().Coordinator.Sha256);
        Assert.Single(notices);

        home.File("tree/.muster/prompts/worker.md", Own + "Obey the tree.\n");
        Assert.Equal(RunPrompts.BuiltIn.Worker.Sha256, Of().Worker.Sha256);
        Assert.Contains("has changed since you approved it", notices[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void An_approved_file_that_lacks_a_placeholder_is_refused_and_an_unapproved_one_is_only_ignored()
    {
        var path = home.File("tree/.muster/prompts/worker.md", "Do {task_name}.\n");
        Assert.Equal(RunPrompts.BuiltIn.Worker.Sha256, Of().Worker.Sha256);

        Approve(path);

        Assert.Contains("worker.md:1: error: '{output_file_path}' stands nowhere", Assert.Throws<PromptException>(Of).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_read_is_ignored_with_a_notice()
    {
        Directory.CreateDirectory(Path.Combine(TreeFiles.PromptsDirectory(Tree), "coordinator.md"));

        Assert.Equal(RunPrompts.BuiltIn.Coordinator.Sha256, Of().Coordinator.Sha256);
        Assert.Contains("'coordinator' of the tree is ignored", Assert.Single(notices), StringComparison.Ordinal);
    }

    [Fact]
    public void A_resume_reads_what_was_frozen_whatever_the_tree_says_now_and_notices_a_change()
    {
        Approve(home.File("tree/.muster/prompts/worker.md", "\uFEFF" + Own));
        var run = Directory.CreateDirectory(Path.Combine(home.Path, "run")).FullName;
        var frozen = Of().Freeze(run);
        File.Delete(home.File("tree/.muster/prompts/worker.md", "gone"));

        Assert.Equal("\uFEFF" + Own, RunPrompts.Read(run, frozen).Worker.Text);
        Assert.Equal(RunPrompts.BuiltIn.Worker.Sha256, RunPrompts.Read(run, []).Worker.Sha256); // A run of before templates were frozen.

        var file = Directory.GetFiles(Path.Combine(run, "prompts"), "worker-*").Single();
        File.AppendAllText(file, "x");
        Assert.Contains("has changed since", Assert.Throws<PromptException>(() => RunPrompts.Read(run, frozen)).Message, StringComparison.Ordinal);
        File.Delete(file);
        Assert.Contains("cannot be read", Assert.Throws<PromptException>(() => RunPrompts.Read(run, frozen)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_planning_runs_worker_has_the_planners_template()
    {
        var run = Directory.CreateDirectory(Path.Combine(home.Path, "run")).FullName;

        var frozen = RunPrompts.Of(Tree, Approved, RunPrompts.PlannerRoles, notices.Add).Freeze(run);

        Assert.Equal("planner", frozen[0].Template);
        Assert.Equal(PromptTemplate.BuiltIn("planner").Sha256, RunPrompts.Read(run, frozen).Worker.Sha256);
    }

    [Fact]
    public void A_builds_roles_have_their_own_and_its_audit_gets_those_that_were_frozen_with_it()
    {
        Approve(home.File("tree/.muster/prompts/builder.md", "OWN WORDS\n" + PromptTemplate.BuiltIn("builder").Text));
        Approve(home.File("tree/.muster/prompts/worker.md", Own));
        var run = Directory.CreateDirectory(Path.Combine(home.Path, "run")).FullName;

        var build = RunPrompts.Read(run, RunPrompts.Of(Tree, Approved, RunPrompts.BuildRoles, notices.Add).Freeze(run));

        Assert.StartsWith("OWN WORDS", build.Of("builder").Text, StringComparison.Ordinal);
        Assert.Equal(PromptTemplate.BuiltIn("qc").Sha256, build.Of("qc").Sha256);
        Assert.Equal(Own, build.Only(RunPrompts.PlanRoles).Worker.Text);
        Assert.Equal(PromptTemplate.Names.Where(n => n != "planner").Order(), RunPrompts.BuildRoles.Select(r => r.Role).Order());
    }

    [Fact]
    public void Another_template_is_another_question_and_a_run_of_before_asks_what_it_always_did()
    {
        var task = new TaskSpec { Id = "t", Domain = "d", Name = "T", Task = "Look", Model = "haiku", Tier = Tier.Haiku, Agent = "scripted" };
        Hash256 Print(params RunPrompt[] prompts) => new StepFingerprint(GoldenPlan.Header with { Prompts = [.. prompts] }).OfWorker(task);

        Assert.Equal(Print(), Print(new RunPrompt("worker", "worker", RunPrompts.BuiltIn.Worker.Sha256)));
        Assert.NotEqual(Print(), Print(new RunPrompt("worker", "worker", new('a', 64))));
        Assert.Equal(Print(), Print(new RunPrompt("coordinator", "coordinator", new('a', 64))));
    }

    private RunPrompts Of() => RunPrompts.Of(Tree, Approved, RunPrompts.PlanRoles, notices.Add);

    private void Approve(string path)
    {
        var approved = Approved;
        approved.Approve([approved.Look(path)!]);
    }
}
