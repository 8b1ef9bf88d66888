namespace Muster.Loopback.Scripting;

/// <summary>What happens to a response beside its status.</summary>
public enum StreamFault
{
    None,

    /// <summary>The connection is closed in the middle of an event.</summary>
    Cut,

    /// <summary>The connection is closed between two bytes of one character.</summary>
    CutInCharacter,

    /// <summary>The stream ends properly, without the events that end a message.</summary>
    Truncated,

    /// <summary>200, and nothing in it.</summary>
    Empty,

    /// <summary>200, half of the message, and an error event. A response that is no stream is whole.</summary>
    ErrorEvent,

    /// <summary>Half of the message, silence, the other half.</summary>
    Silent,

    /// <summary>No answer until the client goes away.</summary>
    Hang,

    /// <summary>Half of the message, and silence until the client goes away.</summary>
    HangInStream,

    /// <summary>The connection is closed before a response.</summary>
    Drop,
}
