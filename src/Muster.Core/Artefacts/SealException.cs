namespace Muster.Artefacts;

/// <summary>A published file that is not what was sealed.</summary>
public sealed class SealException : MusterException
{
    private SealException(string message, string nextStep)
        : base(message, nextStep)
    {
    }

    internal static SealException Missing(string path, Seal seal, string why) => new(
        $"The published file {path} of task '{seal.TaskId}' (attempt {seal.Attempt}) {why}.",
        $"Have the task done again with 'muster retry RUN --task {seal.TaskId}'.");

    internal static SealException Changed(string path, Seal seal) => new(
        $"The published file {path} of task '{seal.TaskId}' (attempt {seal.Attempt}) is not what was sealed: it was changed afterwards.",
        $"Find out who writes to the run directory; have the task done again with 'muster retry RUN --task {seal.TaskId}'.");
}
