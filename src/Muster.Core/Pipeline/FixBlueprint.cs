using System.Security.Cryptography;
using System.Text;
using Muster.Contracts;
using Muster.Runs;

namespace Muster.Pipeline;

/// <summary>Findings that are to be mended, as the modules of a build: each has a branch of its own, none depends on another, and there are no contracts.</summary>
internal static class FixBlueprint
{
    public static Blueprint Of(BuildHeader build) => new(
        build.Project,
        [
            .. build.Fixes.Select(fix => new Module(
                fix.Id, $"[{fix.Severity}] {fix.Location}: {fix.Message}", [], string.Empty, fix.Severity is "minor" ? "sonnet" : "opus", "low", [], ["."])),
        ],
        [.. build.Fixes.Select(fix => fix.Id)],
        [.. build.Fixes.Select(fix => fix.Id)],
        build.IntegrationTestCommand.IsEmpty ? build.TestCommand : build.IntegrationTestCommand,
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', build.Fixes)))),
        []);
}
