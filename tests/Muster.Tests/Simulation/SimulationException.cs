namespace Muster.Tests.Simulation;

/// <summary>A promise was broken in a simulated run.</summary>
public sealed class SimulationException(string message) : Exception(message);
