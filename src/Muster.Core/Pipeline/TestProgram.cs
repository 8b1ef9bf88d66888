using System.Collections.Immutable;
using Muster.Agents.Keeping;

namespace Muster.Pipeline;

/// <summary>Looks whether a test command can be started at all, before anybody is paid for what it would test.</summary>
internal static class TestProgram
{
    /// <summary>Why it cannot, as the end of a sentence that began with the command's name; null when it can, or that cannot be said yet.</summary>
    /// <param name="command">Program and arguments; a program that is named by a path may be the project's own, and still to be made.</param>
    public static string? WhyNot(ImmutableArray<string> command)
    {
        if (command.IsEmpty || command[0].Contains('/') || OperatingSystem.IsWindows())
        {
            return null;
        }

        return ProgramSearch.OnPath(command[0], Environment.GetEnvironmentVariable("PATH")) is not { } path
            ? $"begins with '{command[0]}', and there is no such program on this machine's PATH"
            : !TestSandbox.Shows(path) && TestSandbox.Find() is not null
                ? $"begins with '{command[0]}', which lies at {path}, and tests run in a sandbox that hides your home but for caches of packages"
                : null;
    }
}
