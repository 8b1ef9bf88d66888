namespace Muster.Runs;

/// <summary>What is asked for in one step.</summary>
public enum Role : byte
{
    /// <summary>Does one narrow task and writes one file.</summary>
    Worker,

    /// <summary>Reads at most 8 files by explicit list and writes one synthesis.</summary>
    Coordinator,

    /// <summary>Turns what is to be built into contracts: modules, interfaces, decisions.</summary>
    Architect,

    /// <summary>Writes training pairs from the contracts.</summary>
    Trainer,

    /// <summary>Lays the project's skeleton as the contracts have it.</summary>
    Scaffolder,

    /// <summary>Writes one module, in a worktree of its own.</summary>
    Builder,

    /// <summary>Reads a built module and says whether it may be merged.</summary>
    Qc,

    /// <summary>Says what a builder's conflict with a contract should come to; a person decides.</summary>
    Judge,

    /// <summary>Prepares changelog, documents and version of what was built.</summary>
    Shipper,

    /// <summary>Keeps brains and training data of a project in order.</summary>
    Curator,

    /// <summary>Mends one finding of an audit, in a worktree of its own.</summary>
    Action,

    /// <summary>No agent: code of the engine, such as a check of a branch, or a merge.</summary>
    Engine,
}
