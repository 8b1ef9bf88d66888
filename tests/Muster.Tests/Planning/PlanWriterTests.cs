using CsCheck;
using Muster.Planning;
using Muster.Plans;

namespace Muster.Tests.Planning;

/// <summary>Whatever a model put into a plan's texts, the file that is written says just these texts, and nothing else.</summary>
public sealed class PlanWriterTests
{
    private static readonly PlanSurroundings Surroundings = new(["scripted"], []);

    /// <summary>Pieces that mean something in YAML, in a template or to a terminal.</summary>
    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.Const(": "), Gen.Const(" #"), Gen.Const("\n"), Gen.Const("\n\n  - "), Gen.Const("\""), Gen.Const("\\"), Gen.Const("'"), Gen.Const("{{"), Gen.Const("}}"), Gen.Const("\t"),
        Gen.Const("\e[31m"), Gen.Const("\u2028"), Gen.Const("null"), Gen.Const("- "), Gen.Const("|"), Gen.Const(">"), Gen.Const("&a *a !!x"), Gen.Const("agent: command"), Gen.Const("é😀"), Gen.Const(", ]"),
        Gen.Char['a', 'z'].Array[1, 30].Select(c => new string(c)), Gen.Const(" ")).Array[1, 40].Select(string.Concat);

    [Fact]
    public Task What_is_read_back_is_what_was_written() => Gen.Select(Text, Text, Text).SampleAsync(
        async (task, name, title) =>
        {
            var read = await ReadBackAsync("x" + task, "n" + name, "t" + title);
            Assert.Equal([YamlText.Clean("x" + task), YamlText.Line("n" + name), YamlText.Line("t" + title)], read);
        },
        iter: 2_000);

    [Theory]
    [InlineData("Look at the tree and say what is wrong", "Look at the tree and say what is wrong")]
    [InlineData("true", "\"true\"")]
    [InlineData("a: b", "\"a: b\"")]
    [InlineData("12", "\"12\"")]
    [InlineData("say \"so\" \\ not\nthen", "\"say \\\"so\\\" \\\\ not\\nthen\"")]
    [InlineData("\u001b]8;;http://x\u0007link\u202E", "link")]
    public void A_text_is_quoted_where_it_needs_it_and_clean(string text, string yaml) => Assert.Equal(yaml, YamlText.Scalar(text));

    [Fact]
    public void A_long_text_is_folded_between_words()
    {
        var words = string.Join(' ', Enumerable.Repeat("word", 60));

        var block = YamlText.Block(words, 4);

        Assert.StartsWith(">-\n    word word", block, StringComparison.Ordinal);
        Assert.All(block.Split('\n'), line => Assert.InRange(line.Length, 2, 114));
    }

    private static async Task<string[]> ReadBackAsync(string task, string name, string title)
    {
        var template = new TaskSpec { Id = "t", Domain = "d", Name = name, Task = task, Scope = ["src/**", "a, b"], Model = "haiku", Tier = Muster.Runs.Tier.Haiku, Agent = "scripted", Tools = ["Read"] };
        var plan = new Plan { FileName = "p", Text = string.Empty, Goal = name, Root = "/", CoordinatorAgent = "scripted", Domains = [new("d", title, [new(template, null, default)], default)] };
        var text = PlanWriter.Write(plan, "by\nnobody", ".", "scripted");
        Assert.DoesNotContain(text, c => c is '\e' or '\u2028' || (char.IsControl(c) && c is not ('\n' or '\t')));
        var result = await PlanFile.ParseAsync(text, "p", AppContext.BaseDirectory, Surroundings, TestContext.Current.CancellationToken);
        var read = Assert.Single(Assert.Single(result.OrThrow().Domains).Tasks).Template;
        Assert.Equal(["src/**", "a, b"], read.Scope);
        Assert.Equal(("haiku", YamlText.Line(name)), (read.Model, result.Plan!.Goal));
        return [read.Task, read.Name, result.Plan.Domains[0].Title];
    }
}
