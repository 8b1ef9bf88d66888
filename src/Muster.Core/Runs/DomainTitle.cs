namespace Muster.Runs;

/// <summary>A domain's id and what people call it.</summary>
public sealed record DomainTitle(string Id, string Title);
