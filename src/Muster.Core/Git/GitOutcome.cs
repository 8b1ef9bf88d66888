using System.Text;

namespace Muster.Git;

/// <summary>What git answered.</summary>
/// <param name="ExitCode">0 is yes; what else means is the command's own.</param>
/// <param name="Bytes">Its standard output: names of files need not be UTF-8.</param>
/// <param name="Errors">Its standard error, for a person.</param>
public sealed record GitOutcome(int ExitCode, byte[] Bytes, string Errors)
{
    /// <summary>The output as UTF-8; what is not becomes U+FFFD.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>The output as lines.</summary>
    public string[] Lines => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The output as fields that NUL ends, as <c>-z</c> prints them.</summary>
    public string[] Fields => Text.Split('\0', StringSplitOptions.RemoveEmptyEntries);
}
