using System.Collections.Immutable;

namespace Muster.Plans;

/// <summary>A piece of YAML and where it stands; aliases are already what they stand for.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
internal abstract record PlanNode(int Line, int Column)
{
    /// <summary>What it is, for people.</summary>
    public abstract string Kind { get; }

    /// <summary>A text; whether it looks like a number is for the reader of a field to ask.</summary>
    public sealed record Scalar(int Line, int Column, string Text, bool IsPlain) : PlanNode(Line, Column)
    {
        public override string Kind => IsPlain && Text.Length == 0 ? "nothing" : "a text";
    }

    /// <summary>A list.</summary>
    public sealed record List(int Line, int Column, ImmutableArray<PlanNode> Items) : PlanNode(Line, Column)
    {
        public override string Kind => "a list";
    }

    /// <summary>Keys with their values, each key once.</summary>
    public sealed record Map(int Line, int Column, ImmutableArray<(Scalar Key, PlanNode Value)> Entries) : PlanNode(Line, Column)
    {
        public override string Kind => "a mapping";
    }
}
