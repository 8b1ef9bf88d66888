using System.Text.RegularExpressions;

namespace Muster.Git;

/// <summary>Which git is installed.</summary>
internal static partial class GitVersion
{
    private static readonly Version Oldest = new(2, 38);

    public static async Task CheckAsync(CancellationToken cancellationToken)
    {
        var answer = await GitCommand.AskAsync("/", ["--version"], TimeSpan.FromMinutes(1), cancellationToken);
        if (Of(answer.Text) is not { } version || version < Oldest)
        {
            throw GitException.TooOld(Printable.Of(answer.Text.Trim()));
        }
    }

    /// <summary>The version in git's answer; vendors add words of their own behind it.</summary>
    internal static Version? Of(string answer) =>
        Pattern().Match(answer) is { Success: true } match ? new(int.Parse(match.Groups["major"].Value), int.Parse(match.Groups["minor"].Value)) : null;

    [GeneratedRegex(@"^git version (?<major>\d{1,4})\.(?<minor>\d{1,4})", RegexOptions.NonBacktracking)]
    private static partial Regex Pattern();
}
