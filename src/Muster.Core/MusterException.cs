namespace Muster;
/// <summary>A failure we foresaw, told to a person: what happened, and what to do about it.</summary>
/// <remarks>The command line prints both texts and no stack trace. Any other exception that reaches it is a bug.</remarks>
public abstract class MusterException : Exception
{
    /// <summary>Both texts are full sentences and name the thing they speak of.</summary>
    protected MusterException(string message, string nextStep, Exception? inner = null)
        : base(message, inner) => NextStep = nextStep;

    /// <summary>What the reader can do now; a full sentence.</summary>
    public string NextStep { get; }
}
