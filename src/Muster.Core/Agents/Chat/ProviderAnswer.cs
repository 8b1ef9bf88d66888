namespace Muster.Agents.Chat;

/// <summary>What an answer says about how much may be sent.</summary>
internal enum ProviderAnswer
{
    /// <summary>A response.</summary>
    Good,

    /// <summary>This credential asks too much (429).</summary>
    Throttled,

    /// <summary>The provider has too much to do (529).</summary>
    Overloaded,

    /// <summary>Nothing: another fault, or nobody waited for it.</summary>
    Nothing,
}
