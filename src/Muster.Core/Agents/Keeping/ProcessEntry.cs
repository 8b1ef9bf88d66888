namespace Muster.Agents.Keeping;

/// <summary>One process as /proc shows it. Id and start time together never come again within a boot.</summary>
/// <param name="Pid">Process id.</param>
/// <param name="Parent">Id of its parent now.</param>
/// <param name="Session">Id of its session.</param>
/// <param name="StartTime">Field 22 of its stat: clock ticks since boot.</param>
/// <param name="IsZombie">Whether it has ended and waits to be reaped.</param>
internal readonly record struct ProcessEntry(int Pid, int Parent, int Session, long StartTime, bool IsZombie);
