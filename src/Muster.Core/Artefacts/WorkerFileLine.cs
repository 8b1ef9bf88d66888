namespace Muster.Artefacts;

/// <summary>What a line of a worker's file is.</summary>
internal enum WorkerFileLine
{
    /// <summary>White space alone.</summary>
    Blank,

    /// <summary>A heading of level one.</summary>
    Title,

    /// <summary>A heading of level two.</summary>
    Section,

    /// <summary>A heading below level two.</summary>
    Heading,

    /// <summary>A list's item, whatever its mark.</summary>
    Bullet,

    /// <summary>A line of a code block, its fences included.</summary>
    Code,

    /// <summary>The line that ends a finished file, outside any code block.</summary>
    Sentinel,

    /// <summary>Anything else.</summary>
    Text,
}
