using System.Text.RegularExpressions;
using Muster.Git;

namespace Muster.Agents.Inspect.Checks;

/// <summary>Whose the audited repository is: an action of the same owner is changed by the same people.</summary>
internal static partial class RepositoryOwners
{
    private static readonly string[] OwnersFiles = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

    /// <summary>Owners by the addresses that it is fetched from and by the teams that its CODEOWNERS name.</summary>
    public static HashSet<string> Of(SourceTree tree, CancellationToken cancellationToken)
    {
        var addresses = tree.IsGit ? GitCommand.Read(tree.Root, ["config", "--get-regexp", @"^remote\..*\.url$"], cancellationToken) : null;
        var files = tree.Files.Where(file => OwnersFiles.Contains(file.Path)).Select(file => file.ReadText());
        return
        [
            .. AddressPattern().Matches(addresses ?? string.Empty).Select(match => match.Groups["owner"].Value.ToLowerInvariant()),
            .. files.SelectMany(text => TeamPattern().Matches(text ?? string.Empty)).Select(match => match.Groups["owner"].Value.ToLowerInvariant()),
        ];
    }

    [GeneratedRegex(@"github\.com[:/](?<owner>[A-Za-z0-9-]+)/", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex AddressPattern();

    [GeneratedRegex(@"(?:^|\s)@(?<owner>[A-Za-z0-9-]+)/", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex TeamPattern();
}
