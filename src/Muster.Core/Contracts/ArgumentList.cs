using System.Collections.Immutable;
using System.Text;

namespace Muster.Contracts;

/// <summary>Splits a command that is written as one text into a program and its arguments. What needs a shell is refused: there is none.</summary>
/// <remarks>
/// White space parts arguments. Text in single quotes is taken as it is; in double quotes <c>\"</c> and <c>\\</c> stand for the character behind the
/// backslash; outside of quotes a backslash takes the next character as it is.
/// </remarks>
public static class ArgumentList
{
    private const string NeedsShell = "|&;<>()`$*?[]{}~#!\n\r";

    /// <summary>The arguments.</summary>
    /// <param name="command">As somebody wrote it.</param>
    /// <param name="why">Why it cannot be split, in words that follow "it"; null when it was.</param>
    /// <returns>Empty when it cannot be split.</returns>
    public static ImmutableArray<string> Split(string command, out string? why)
    {
        var arguments = ImmutableArray.CreateBuilder<string>();
        StringBuilder? argument = null;
        var quote = '\0';
        for (var i = 0; i < command.Length; i++)
        {
            var c = command[i];
            if (c == '\\' && quote != '\'' && i + 1 < command.Length && (quote == '\0' || command[i + 1] is '"' or '\\'))
            {
                (argument ??= new()).Append(command[++i]);
            }
            else if (quote == c)
            {
                quote = '\0';
            }
            else if (quote != '\0')
            {
                argument!.Append(c);
            }
            else if (c is '\'' or '"')
            {
                quote = c;
                argument ??= new();
            }
            else if (NeedsShell.Contains(c))
            {
                why = $"has {(char.IsControl(c) ? "a line break" : $"'{c}'")} outside of quotes, which only a shell understands, and there is none";
                return [];
            }
            else if (!char.IsWhiteSpace(c))
            {
                (argument ??= new()).Append(c);
            }
            else if (argument is not null)
            {
                arguments.Add(argument.ToString());
                argument = null;
            }
        }

        if (argument is not null)
        {
            arguments.Add(argument.ToString());
        }

        why = quote != '\0' ? $"has a quote ({quote}) that is not closed" : WhyNot(arguments);
        return why is null ? arguments.DrainToImmutable() : [];
    }

    /// <summary>Why a list cannot be a command, in words that follow "it"; null when it can.</summary>
    public static string? WhyNot(IReadOnlyList<string> arguments) =>
        arguments.Count == 0 || arguments[0].Length == 0 ? "names no program"
        : arguments[0][0] == '-' ? "begins with an option where the program belongs"
        : arguments[0].Contains('=') ? "begins with a variable, which only a shell sets, and there is none"
        : arguments.Any(a => a.Contains('\0')) ? "has a NUL in it"
        : null;
}
