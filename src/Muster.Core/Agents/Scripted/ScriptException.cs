namespace Muster.Agents.Scripted;

/// <summary>A script that cannot be used.</summary>
public sealed class ScriptException : MusterException
{
    private ScriptException(string message, string nextStep, Exception? inner = null)
        : base(message, nextStep, inner)
    {
    }

    internal static ScriptException Bad(string path, long line, long column, string what) => new(
        $"{path}:{line}:{column}: {what}.",
        "Correct the script; its format is described in docs/rehearsal.md.");

    internal static ScriptException NoFile(string path, string why) => new(
        $"The script {path} cannot be read: it {why}.",
        "Name a script that exists with 'script:' in the plan or '--script FILE'.");

    internal static ScriptException Unreadable(string path, Exception inner) => new(
        $"The script {path} cannot be read: {inner.Message}",
        "Name a script that exists with 'script:' in the plan or '--script FILE'.",
        inner);
}
