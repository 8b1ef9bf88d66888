namespace Muster.Plans;

/// <summary>A pattern for paths that cannot be used.</summary>
public sealed class GlobException : MusterException
{
    private GlobException(string message, string nextStep)
        : base(message, nextStep)
    {
    }

    internal static GlobException Bad(string pattern, string why) => new(
        $"The pattern '{pattern}' cannot be used: {why}.",
        "Write it relative to the root, like 'src/**/*.cs' or '{docs,guide}/*.md'.");
}
