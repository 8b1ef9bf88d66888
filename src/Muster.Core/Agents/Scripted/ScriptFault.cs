namespace Muster.Agents.Scripted;

/// <summary>What a scripted agent does wrong. In a script the names are written in kebab-case: <c>half-file</c>.</summary>
public enum ScriptFault
{
    /// <summary>Nothing: a well-formed file.</summary>
    None,

    /// <summary>Says "Done." and writes no file.</summary>
    NoFile,

    /// <summary>A file that stops in the middle of a finding.</summary>
    HalfFile,

    /// <summary>A file of zero bytes.</summary>
    EmptyFile,

    /// <summary>White space only.</summary>
    BlankFile,

    /// <summary>The sentinel and nothing else.</summary>
    OnlySentinel,

    /// <summary>The sentinel in the middle, text after it.</summary>
    SentinelInMiddle,

    /// <summary>The sentinel as the last line of a code block that is never closed.</summary>
    SentinelInFence,

    /// <summary>"DONE." instead of the sentinel.</summary>
    SentinelLookalike,

    /// <summary>A good file with a byte order mark, CRLF, spaces after the sentinel and no last newline: accepted.</summary>
    WindowsFile,

    /// <summary>The heading "Findings" is missing.</summary>
    NoHeading,

    /// <summary>Bytes that are not UTF-8.</summary>
    InvalidUtf8,

    /// <summary>Escape sequences, NUL, text-direction marks in a well-formed file: accepted, shown clean.</summary>
    HostileText,

    /// <summary>Findings whose evidence does not exist: accepted, marked ungrounded.</summary>
    FalseEvidence,

    /// <summary>Instructions to whoever reads the file, forged headings and markup: accepted as data.</summary>
    Injection,

    /// <summary>A file over the size limit.</summary>
    HugeFile,

    /// <summary>One line that fills the size limit.</summary>
    LongLine,

    /// <summary>A symbolic link to a file outside.</summary>
    SymbolicLink,

    /// <summary>A hard link to a file of another directory.</summary>
    HardLink,

    /// <summary>A directory where the file belongs.</summary>
    DirectoryInPlace,

    /// <summary>A pipe where the file belongs.</summary>
    Pipe,

    /// <summary>The file reports an error under "# ERROR".</summary>
    ErrorFile,

    /// <summary>Returns "Failed." and writes no file.</summary>
    SaysFailed,

    /// <summary>The stream ends without a word.</summary>
    Silent,

    /// <summary>Works on for ever without progress.</summary>
    Hang,

    /// <summary>Reports progress for ever and never ends.</summary>
    Busy,

    /// <summary>Has tools and calls none; the file is well formed and made up.</summary>
    NoTools,

    /// <summary>The provider was busy or the line was cut.</summary>
    Transient,

    /// <summary>The credential is refused: nothing more is launched on this agent.</summary>
    Permanent,

    /// <summary>The quota is used up: the run pauses.</summary>
    Quota,

    /// <summary>The machine has no process or descriptor left.</summary>
    Machine,

    /// <summary>A return line of 5,000 words with a good file.</summary>
    Verbose,
}
