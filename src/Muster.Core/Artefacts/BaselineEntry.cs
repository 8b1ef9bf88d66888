namespace Muster.Artefacts;

/// <summary>A finding that is known and accepted for now.</summary>
/// <param name="Fingerprint">32 hexadecimal digits; the only part that is compared.</param>
/// <param name="Rule">For the reader; null when no rule made it.</param>
/// <param name="Path">For the reader.</param>
/// <param name="Message">For the reader; secrets masked.</param>
public sealed record BaselineEntry(string Fingerprint, string? Rule, string Path, string Message);
