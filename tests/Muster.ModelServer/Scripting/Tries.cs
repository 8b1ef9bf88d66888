using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Muster.Loopback.Scripting;

/// <summary>Counts the tries of a call, for steps that fail a number of times. Calls of the same text and turn are the same call.</summary>
internal sealed class Tries
{
    private readonly ConcurrentDictionary<string, int> tries = new(StringComparer.Ordinal);

    /// <summary>The fault of this try.</summary>
    public StepFault Next(ScriptedStep step, string prompt, int turn)
    {
        if (step.Errors.IsEmpty)
        {
            return step.Fault;
        }

        var call = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(prompt))) + turn;
        var index = tries.AddOrUpdate(call, 0, (_, before) => before + 1);
        return index < step.Errors.Length ? step.Errors[index] : step.Fault;
    }
}
