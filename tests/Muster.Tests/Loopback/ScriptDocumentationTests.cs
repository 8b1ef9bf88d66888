using System.Text.RegularExpressions;
using Muster.Loopback.Scripting;

namespace Muster.Tests.Loopback;

/// <summary>docs/rehearsal.md says what scripts of the loopback server can.</summary>
public sealed partial class ScriptDocumentationTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Root, "docs", "rehearsal.md"));

    private static string Root
    {
        get
        {
            var root = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(root, "Muster.slnx")))
            {
                root = Path.GetDirectoryName(root)!;
            }

            return root;
        }
    }

    [Fact]
    public void The_example_is_read_and_every_fault_is_named()
    {
        var example = ExamplePattern().Match(Text).Value;

        var script = ModelScript.Parse(Regex.Replace(example, "^    ", string.Empty, RegexOptions.Multiline, TimeSpan.FromSeconds(1)));

        Assert.Equal(2, script.Storms.Length);
        Assert.All(NamedFaults.Names, name => Assert.Contains($"`{name}`", Text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("tasks: [{match: x, at: 1, erors: [cut]}]", "no 'erors'")]
    [InlineData("tasks: [{match: x, errors: [cutt]}]", "no fault 'cutt'")]
    [InlineData("storm: []", "no 'storm'")]
    [InlineData("storms: [{fault: cut}]", "a storm has requests")]
    [InlineData("tasks: [", "the script is not what one can be")]
    public void A_script_that_says_what_none_can_is_refused(string script, string words) =>
        Assert.Contains(words, Assert.Throws<ScriptFormatException>(() => ModelScript.Parse(script)).Message, StringComparison.Ordinal);

    [GeneratedRegex("^    tasks:\n(?:    .*\n)+", RegexOptions.Multiline, 1_000)]
    private static partial Regex ExamplePattern();
}
