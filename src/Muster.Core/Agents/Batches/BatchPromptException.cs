namespace Muster.Agents.Batches;

/// <summary>A task that cannot go through a batch, since what it reads does not fit into one prompt or is not there.</summary>
internal sealed class BatchPromptException : MusterException
{
    private BatchPromptException(string message, string nextStep)
        : base(message, nextStep)
    {
    }

    public static BatchPromptException TooLong(string task, int most) => new(
        $"What '{task}' reads is longer than the {most:N0} characters that stand in one prompt of a batch.",
        "Part the task, narrow its scope, or take 'batch' away so that it reads with tools.");

    public static BatchPromptException Nothing(string task, string scope) => new(
        $"No text was found in the scope of '{task}', which is {scope}.",
        "Name files of the tree in its scope; binary files and files above 2 MB are not put into prompts.");
}
