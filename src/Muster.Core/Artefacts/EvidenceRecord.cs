using System.Collections.Immutable;

namespace Muster.Artefacts;

/// <summary>The evidence file as it stands on disk.</summary>
internal sealed record EvidenceRecord(int Version, string Sha256, ImmutableArray<Evidence> Evidence);
