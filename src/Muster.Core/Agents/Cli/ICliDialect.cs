using System.Text.Json;

namespace Muster.Agents.Cli;

/// <summary>All that is particular to one agent CLI. A new one is one class with this interface, and its name in <see cref="CliDialects"/>.</summary>
/// <remarks>Implementations hold no state: what a stream told stands in the <see cref="CliTranscript"/>. Facts behind each are in docs/agents-cli.md.</remarks>
internal interface ICliDialect
{
    /// <summary>The agent's name in plans, which is also the program's.</summary>
    string Name { get; }

    /// <summary>Where it comes from, and which version it must have.</summary>
    CliRelease Release { get; }

    /// <summary>The variables in which a person may have named another address of its provider, for a model.</summary>
    string BaseUrlVariable(string model);

    /// <summary>The program to start instead of the one that was found, such as the binary behind a script.</summary>
    string Native(string program) => program;

    /// <summary>Whether this call must be held by the sandbox, because the program itself cannot be trusted to leave the tree alone.</summary>
    bool NeedsSandbox(CliCall call);

    /// <summary>Whether the file's content is its last message, because it may write no file.</summary>
    bool HandsInByMessage(CliCall call) => false;

    /// <summary>How it is started, anew or to go on with a session.</summary>
    CliLaunch Launch(CliCall call);

    /// <summary>Takes up one line of its stream.</summary>
    void Read(JsonElement line, CliTranscript transcript);

    /// <summary>What a line of its errors says of a refused request that it will send again by itself; null when it says nothing of the kind.</summary>
    string? RefusalIn(ReadOnlySpan<char> line) => null;

    /// <summary>Another log that it writes and that tells earlier or more than its stream; null when there is none, or not yet.</summary>
    string? SessionLog(CliCall call, string session) => null;

    /// <summary>Takes up one line of that log.</summary>
    void ReadLog(JsonElement line, CliTranscript transcript)
    {
    }
}
