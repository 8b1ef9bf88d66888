using Muster.Prompts;

namespace Muster.Tests.Prompts;

/// <summary>A template is filled in one pass, and one that does not fit is told with file and line before it is used (fault 78).</summary>
public sealed class PromptTemplateTests
{
    [Fact]
    public void A_value_is_never_expanded_again_and_doubled_braces_are_literal()
    {
        var template = new PromptTemplate("t.md", "{{a}} {a} {b} {a} {no name}");

        Assert.Equal("{a} {b} x {b} {no name}", template.Render(new Dictionary<string, string> { ["a"] = "{b}", ["b"] = "x" }));
    }

    [Fact]
    public void Every_placeholder_that_is_unknown_or_missing_is_told_with_file_and_line()
    {
        var template = new PromptTemplate("/tree/worker.md", "Look.\n{task_name}\n\n{tsk} and {{fine}}\n{path}\nEnd.\n");

        var error = Assert.Throws<PromptException>(() => template.Check(["task_name", "scope_constraint"]));

        Assert.Equal(
            [
                "/tree/worker.md:4: error: '{tsk}' stands for nothing here; there are {scope_constraint}, {task_name}.",
                "/tree/worker.md:5: error: '{path}' stands for nothing here; there are {scope_constraint}, {task_name}.",
                "/tree/worker.md:6: error: '{scope_constraint}' stands nowhere in the template; put it where the agent should read that value.",
            ],
            error.Message.Split('\n'));
        Assert.Contains("muster trust", error.NextStep, StringComparison.Ordinal);
        Assert.True(error.IsUsage);
    }

    [Fact]
    public void Every_role_has_a_template_with_the_names_of_the_specification()
    {
        string[] worker = ["allowed_tools", "inputs_and_remarks", "output_file_path", "scope_constraint", "specific_task_description", "task_name"];

        Assert.Equal(worker, PromptTemplate.BuiltIn("worker").Placeholders.Order());
        Assert.Equal(worker, PromptTemplate.BuiltIn("planner").Placeholders.Order());
        Assert.Equal(
            ["domain_name", "explicit_file_list", "gaps_and_denominator", "inputs_and_remarks", "synthesis_file_path"], PromptTemplate.BuiltIn("coordinator").Placeholders.Order());
        Assert.All(PromptTemplate.Names, role => Assert.InRange(PromptTemplate.BuiltIn(role).SharedLength, 500, 8_000));
        Assert.Equal(
            typeof(PromptTemplate).Assembly.GetManifestResourceNames().Where(n => n.StartsWith("prompts/", StringComparison.Ordinal)).Order(),
            PromptTemplate.Names.Select(role => $"prompts/{role}.md").Order());
    }

    [Fact]
    public void A_value_without_a_placeholder_is_an_error_too() =>
        Assert.Throws<PromptException>(() => new PromptTemplate("t.md", "{a}").Render(new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" }));
}
