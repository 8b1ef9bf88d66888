using System.Text.RegularExpressions;

namespace Muster.Tests.Architecture;

/// <summary>Who may use whom, read from the using lines of each folder of Core.</summary>
public sealed partial class FolderTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Runs"] = [],
        ["Git"] = [],
        ["Contracts"] = ["Artefacts"],
        ["Memory"] = ["Artefacts", "Synthesis"],
        ["Training"] = ["Artefacts", "Synthesis", "Contracts"],
        ["Prompts"] = ["Runs", "Settings"],
        ["Journal"] = ["Runs"],
        ["Plans"] = ["Runs", "Synthesis", "Agents", "Models"],
        ["Models"] = ["Plans"],
        ["Settings"] = ["Runs", "Plans", "Models"],
        ["Artefacts"] = ["Runs", "Plans"],
        ["Synthesis"] = ["Runs", "Artefacts"],
        ["Agents"] = ["Runs", "Plans", "Artefacts", "Git", "Models", "Settings"],
        ["Planning"] = ["Runs", "Plans", "Prompts", "Artefacts", "Agents"],
        ["Dispatch"] = ["Runs", "Journal", "Plans", "Artefacts", "Synthesis", "Prompts", "Agents", "Models"],
        ["Diagnosis"] = ["Runs", "Plans", "Prompts", "Artefacts", "Agents", "Models", "Settings", "Git", "Dispatch"],
        ["Pipeline"] = ["Runs", "Journal", "Plans", "Models", "Artefacts", "Synthesis", "Prompts", "Agents", "Dispatch", "Reports", "Git", "Contracts", "Memory", "Training"],
        ["Reports"] = ["Runs", "Plans", "Artefacts", "Models"],
    };

    [Fact]
    public void Folders_use_only_what_the_table_allows()
    {
        var wrong = new List<string>();
        foreach (var folder in Directory.GetDirectories(Core).Select(d => Path.GetFileName(d)!).Where(d => d is not ("obj" or "bin")))
        {
            Assert.True(Allowed.ContainsKey(folder), $"The folder {folder} is not in the table.");
            foreach (var file in Directory.GetFiles(Path.Combine(Core, folder), "*.cs", SearchOption.AllDirectories))
            {
                wrong.AddRange(UsingPattern().Matches(File.ReadAllText(file)).Select(m => m.Groups["folder"].Value)
                    .Where(used => used != folder && !Allowed[folder].Contains(used)).Select(used => $"{Path.GetRelativePath(Core, file)} uses {used}"));
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Names_say_what_a_type_is_and_files_stay_short()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(Core, ".."), "*.cs", SearchOption.AllDirectories).Where(f => !f.Contains("/obj/", StringComparison.Ordinal)))
        {
            Assert.DoesNotMatch("(?:Utils?|Helpers?|Manager|Common|Impl|Base|Info|Data)$", Path.GetFileNameWithoutExtension(file));
            Assert.True(File.ReadLines(file).Count() <= 500, $"{file} is longer than 500 lines.");
        }
    }

    private static string Core
    {
        get
        {
            var root = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(root, "Muster.slnx")))
            {
                root = Path.GetDirectoryName(root)!;
            }

            return Path.Combine(root, "src", "Muster.Core");
        }
    }

    [GeneratedRegex(@"^using Muster\.(?<folder>\w+)", RegexOptions.Multiline)]
    private static partial Regex UsingPattern();
}
