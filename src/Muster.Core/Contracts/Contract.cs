namespace Muster.Contracts;

/// <summary>One file of the contracts as it was read: what was checked is what is used.</summary>
/// <param name="Stamp">Its path, version and hash.</param>
/// <param name="Content">Its bytes; UTF-8.</param>
public sealed record Contract(ContractStamp Stamp, ReadOnlyMemory<byte> Content)
{
    /// <summary>Its path relative to the contracts.</summary>
    public string Path => Stamp.Path;

    /// <summary>Its text, as an agent wrote it: clean it where it is shown, fence it where an agent reads it.</summary>
    public string Text => System.Text.Encoding.UTF8.GetString(Content.Span).TrimStart('\uFEFF');
}
