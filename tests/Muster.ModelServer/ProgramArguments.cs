using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Muster.Loopback.Scripting;

namespace Muster.Loopback;

/// <summary>The arguments of the server that is run by hand.</summary>
internal static class ProgramArguments
{
    public const string Usage = "usage: --port 18080 [--script FILE] [--latency 200ms] [--max-in-flight N] [--cache-minimum TOKENS] [--requests-per-minute N]";

    public static bool TryRead(string[] args, [NotNullWhen(true)] out ModelServerOptions? options, out string? why)
    {
        var read = new ModelServerOptions { RecordsRequests = false }; // Nobody would read them, and a rehearsal may be long.
        (options, why) = (null, null);
        for (var i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length)
            {
                why = $"'{args[i]}' has no value.";
                return false;
            }

            try
            {
                read = args[i] switch
                {
                    "--port" => read with { Port = int.Parse(args[i + 1]) },
                    "--script" => read with { Script = ModelScript.Load(args[i + 1]) },
                    "--latency" => read with { Latency = Duration(args[i + 1]) },
                    "--max-in-flight" => read with { MaxInFlight = int.Parse(args[i + 1]) },
                    "--cache-minimum" => read with { CacheMinimumTokens = int.Parse(args[i + 1]) },
                    "--requests-per-minute" => read with { RequestsPerMinute = int.Parse(args[i + 1]) },
                    _ => throw new FormatException("there is no such argument"),
                };
            }
            catch (Exception e) when (e is FormatException or OverflowException or ScriptFormatException or IOException or UnauthorizedAccessException)
            {
                why = $"'{args[i]} {args[i + 1]}' cannot be: {e.Message}";
                return false;
            }
        }

        options = read;
        return true;
    }

    private static TimeSpan Duration(string text) => text switch
    {
        [.. var number, 'm', 's'] => TimeSpan.FromMilliseconds(double.Parse(number, CultureInfo.InvariantCulture)),
        [.. var number, 's'] => TimeSpan.FromSeconds(double.Parse(number, CultureInfo.InvariantCulture)),
        _ => throw new FormatException("a time has ms or s"),
    };
}
