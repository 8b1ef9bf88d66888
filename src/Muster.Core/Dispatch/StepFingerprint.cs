using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Muster.Plans;
using Muster.Prompts;
using Muster.Runs;

namespace Muster.Dispatch;

/// <summary>
/// What steps of a run are asked, as hashes: role, tier, model, agent, the prompt's template with all that is put into it, tools, and
/// what the agents `inspect` and `command` are given. Not in it: paths of the run, time limits, estimates, the order, the goal.
/// </summary>
/// <remarks>The hashes of a step's input files come on top, see <see cref="RunState.FingerprintOf"/>. Not thread-safe.</remarks>
internal sealed class StepFingerprint(RunHeader header)
{
    private readonly string workerPrompt = header.PromptOf("worker")?.Sha256 ?? RunPrompts.BuiltIn.Worker.Sha256;
    private readonly string coordinatorPrompt = header.PromptOf("coordinator")?.Sha256 ?? RunPrompts.BuiltIn.Coordinator.Sha256;
    private readonly ArrayBufferWriter<byte> asked = new(4_096);

    /// <summary>What a worker is asked.</summary>
    public Hash256 OfWorker(TaskSpec task)
    {
        asked.ResetWrittenCount();
        Add(["worker", workerPrompt, task.Tier.ToString(), ModelOf(task.Agent, task.Model), task.Agent, header.Root, task.Name, task.Task]);
        Add(task.Scope.AsSpan());
        Add(task.Tools.AsSpan());
        Add(task.Checks.AsSpan());
        Add(task.Command.AsSpan());
        return Hash();
    }

    /// <summary>What the coordinators of a domain are asked.</summary>
    public Hash256 OfCoordinator(DomainTitle domain)
    {
        asked.ResetWrittenCount();
        Add(["coordinator", coordinatorPrompt, header.CoordinatorTier.ToString(), ModelOf(header.CoordinatorAgent, header.CoordinatorModel), header.CoordinatorAgent, domain.Title]);
        return Hash();
    }

    /// <summary>The model that a tier means for the agent: another one is another question.</summary>
    private string ModelOf(string agent, string name) => header.ModelOf(agent, name)?.Model ?? name;

    /// <summary>Counts and lengths go first, so that two lists of texts never look alike.</summary>
    private void Add(ReadOnlySpan<string> texts)
    {
        Add(texts.Length);
        foreach (var text in texts)
        {
            Add(Encoding.UTF8.GetByteCount(text));
            Encoding.UTF8.GetBytes(text, asked);
        }
    }

    private void Add(int number)
    {
        BinaryPrimitives.WriteInt32LittleEndian(asked.GetSpan(4), number);
        asked.Advance(4);
    }

    private Hash256 Hash()
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(asked.WrittenSpan, hash);
        return Hash256.Of(hash);
    }
}
