using System.Runtime.CompilerServices;

namespace Muster.Tests.Simulation;

/// <summary>Says that something must hold; the text is made only when it does not, since a simulation asks millions of times.</summary>
internal static class Promise
{
    public static void Require(bool condition, [InterpolatedStringHandlerArgument(nameof(condition))] ref Text broken)
    {
        if (!condition)
        {
            throw new SimulationException(broken.ToString());
        }
    }

    public static void Require(bool condition, string broken)
    {
        if (!condition)
        {
            throw new SimulationException(broken);
        }
    }

    [InterpolatedStringHandler]
    public ref struct Text
    {
        private DefaultInterpolatedStringHandler text;

        public Text(int literalLength, int formattedCount, bool condition, out bool shouldAppend)
        {
            shouldAppend = !condition;
            text = condition ? default : new(literalLength, formattedCount);
        }

        public void AppendLiteral(string value) => text.AppendLiteral(value);

        public void AppendFormatted<T>(T value) => text.AppendFormatted(value);

        public override string ToString() => text.ToStringAndClear();
    }
}
