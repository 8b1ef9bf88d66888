namespace Muster.Loopback.Scripting;

/// <summary>A script or a FAKE block says something that none can.</summary>
public sealed class ScriptFormatException(string message) : Exception(message);
