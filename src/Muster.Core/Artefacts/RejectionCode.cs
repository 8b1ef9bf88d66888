namespace Muster.Artefacts;

/// <summary>Which rule a worker's file broke.</summary>
public enum RejectionCode
{
    /// <summary>There is no file.</summary>
    NoOutput,

    /// <summary>It is a link, a directory, a pipe, a device, or leads out of the attempt's directory.</summary>
    NotRegular,

    /// <summary>It is over its size limit.</summary>
    TooLarge,

    /// <summary>Nothing but white space and the sentinel.</summary>
    Empty,

    /// <summary>It is not UTF-8.</summary>
    NotUtf8,

    /// <summary>It changed while it was read.</summary>
    StillGrowing,

    /// <summary>The last non-blank line is not the sentinel.</summary>
    NoSentinel,

    /// <summary>The agent reports in it that it could not do the task.</summary>
    ReportedError,

    /// <summary>A required heading is missing, or there are two titles.</summary>
    NoHeading,

    /// <summary>No bullet stands under "Findings", not even "- none".</summary>
    NoFindings,
}
