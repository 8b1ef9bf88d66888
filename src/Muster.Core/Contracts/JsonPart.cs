using System.Collections.Immutable;

namespace Muster.Contracts;

/// <summary>A piece of JSON and where it stands.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in characters.</param>
internal abstract record JsonPart(int Line, int Column)
{
    /// <summary>What it is, for people.</summary>
    public abstract string Kind { get; }

    public sealed record Text(int Line, int Column, string Value) : JsonPart(Line, Column)
    {
        public override string Kind => "a text";
    }

    /// <summary>A number, true, false or null, as it is written.</summary>
    public sealed record Word(int Line, int Column, string Value) : JsonPart(Line, Column)
    {
        public override string Kind => char.IsAsciiLetter(Value[0]) ? $"'{Value}'" : "a number";
    }

    public sealed record List(int Line, int Column, ImmutableArray<JsonPart> Items) : JsonPart(Line, Column)
    {
        public override string Kind => "a list";
    }

    /// <summary>Keys with their values, each key once.</summary>
    public sealed record Map(int Line, int Column, ImmutableArray<(Text Key, JsonPart Value)> Entries) : JsonPart(Line, Column)
    {
        public override string Kind => "an object";
    }
}
