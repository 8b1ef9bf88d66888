using System.Collections.Immutable;

namespace Muster.Artefacts;

/// <summary>The baseline file as it stands on disk.</summary>
internal sealed record BaselineRecord(int Version, ImmutableArray<BaselineEntry> Findings);
