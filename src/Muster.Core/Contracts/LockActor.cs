namespace Muster.Contracts;

/// <summary>Who changes contracts: a person, the engine on behalf of the whole (the master), or an agent that speaks for one domain.</summary>
public readonly record struct LockActor
{
    private LockActor(string name) => Name = name;

    /// <summary>human, master, or the domain's name.</summary>
    public string Name { get; }

    /// <summary>A person.</summary>
    public static LockActor Human => new("human");

    /// <summary>The engine, carrying out what was approved for the whole project.</summary>
    public static LockActor Master => new("master");

    /// <summary>The agent that designs the whole.</summary>
    public static LockActor Architect => new("architect");

    /// <summary>The agents of one module.</summary>
    /// <param name="name">A module's name; never one that would give more rights.</param>
    public static LockActor Module(string name) =>
        ModuleName.WhyNot(name) is { } why ? throw new ArgumentException($"'{name}' is no module's name: it {why}.", nameof(name)) : new(name);

    /// <summary>Whether every lock gives way.</summary>
    public bool StandsAbove => Name is "human" or "master";

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
