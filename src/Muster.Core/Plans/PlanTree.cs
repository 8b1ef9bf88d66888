using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Muster.Plans;

/// <summary>Reads YAML into nodes with positions, and refuses what a plan does not need: other tags, bombs, keys given twice.</summary>
internal sealed class PlanTree
{
    private const string LimitKey = "limit", Plan = "plan";
    private const int MaxDepth = 32;
    private const long MaxNodes = 5_000_000;

    private readonly Dictionary<AnchorName, (PlanNode Node, long Size)> anchors = [];
    private readonly ProblemList problems;
    private readonly string what;
    private readonly Scanner scanner;
    private readonly Parser parser;
    private long size;

    private PlanTree(string text, ProblemList problems, string what)
    {
        this.problems = problems;
        this.what = what;
        scanner = new(new StringReader(text), skipComments: true);
        parser = new(scanner);
    }

    /// <summary>The document; null when it cannot be read, with the problem told.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="problems">Takes what is wrong.</param>
    /// <param name="what">What the file is: a plan must not be empty, and other files may.</param>
    public static PlanNode? Read(string text, ProblemList problems, string what = Plan)
    {
        var content = text.StartsWith('\uFEFF') ? text[1..] : text;
        var tree = new PlanTree(content, problems, what);
        try
        {
            return tree.ReadDocument();
        }
        catch (InvalidOperationException) // YamlDotNet's scanner says so of some plain texts inside brackets.
        {
            var place = tree.scanner.CurrentPosition;
            problems.Error((int)place.Line, (int)place.Column, "This is not YAML: a text without quotes cannot be read here.", "Put it in quotes, or look for a bracket that was not closed just above.");
            return null;
        }
        catch (SemanticErrorException e) when (e.Data.Contains(LimitKey))
        {
            problems.Error((int)e.Start.Line, (int)e.Start.Column, $"The {what} is too much: {Sentence(e)}", "Write it flatter and without aliases; many tasks come from a 'foreach'.");
            return null;
        }
        catch (YamlException e)
        {
            var (line, column, nextStep) = Place(content, e);
            problems.Error(line, column, $"This is not YAML: {Sentence(e)}", nextStep);
            return null;
        }
    }

    private static string Sentence(YamlException e)
    {
        var why = (e.InnerException ?? e).Message.Trim();
        return why.EndsWith('.') ? why : why + ".";
    }

    /// <summary>YAML names the beginning of what it could not finish; a tab that indents stands further down and is the thing to mend.</summary>
    private static (int Line, int Column, string NextStep) Place(string text, YamlException e)
    {
        var lines = text.Split('\n');
        var last = Sentence(e).Contains("tab", StringComparison.Ordinal) ? lines.Length : Math.Min(lines.Length, (int)e.End.Line);
        for (var i = Math.Max(0, (int)e.Start.Line - 1); i < last; i++)
        {
            var indentation = lines[i].AsSpan(0, lines[i].Length - lines[i].AsSpan().TrimStart().Length);
            if (indentation.IndexOf('\t') is >= 0 and var tab && tab < lines[i].TrimEnd().Length)
            {
                return (i + 1, tab + 1, "The line is indented with a tab; indent with spaces.");
            }
        }

        return ((int)e.Start.Line, (int)e.Start.Column,
            "Look for a missing quote, colon or bracket, or an indentation that does not fit, here or just above.");
    }

    private PlanNode? ReadDocument()
    {
        parser.Consume<StreamStart>();
        if (parser.TryConsume<StreamEnd>(out _))
        {
            if (what == Plan)
            {
                problems.Error(1, 1, "The plan is empty.", "Write at least goal and domains; 'muster plan --catalog' shows plans to start from.");
            }

            return null;
        }

        parser.Consume<DocumentStart>();
        var root = ReadNode(0);
        parser.Consume<DocumentEnd>();
        if (parser.TryConsume<DocumentStart>(out var second))
        {
            problems.Error(
                (int)second.Start.Line, (int)second.Start.Column, "A second document begins here.", $"Keep one {what} in a file; take the '---' away.");
        }

        return root;
    }

    private PlanNode ReadNode(int depth)
    {
        var next = parser.Current!;
        Guard(next, depth);
        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            if (!anchors.TryGetValue(alias.Value, out var known))
            {
                throw new SemanticErrorException(alias.Start, alias.End, $"'*{alias.Value}' stands for nothing that was named above it");
            }

            size += known.Size;
            Guard(alias, depth);
            return known.Node;
        }

        var before = size++;
        var node = ReadContent(depth, out var anchor);
        if (!anchor.IsEmpty)
        {
            anchors[anchor] = (node, size - before);
        }

        return node;
    }

    private PlanNode ReadContent(int depth, out AnchorName anchor)
    {
        var start = parser.Consume<NodeEvent>();
        anchor = start.Anchor;
        var (line, column) = ((int)start.Start.Line, (int)start.Start.Column);
        if (!start.Tag.IsEmpty)
        {
            problems.Error(line, column, $"The tag '{start.Tag.Value}' is not read.", "Take it away; every value is taken as it is written.");
        }

        switch (start)
        {
            case Scalar scalar:
                return new PlanNode.Scalar(line, column, scalar.Value, scalar.Style is ScalarStyle.Plain or ScalarStyle.Any);
            case SequenceStart:
                var items = ImmutableArray.CreateBuilder<PlanNode>();
                while (!parser.TryConsume<SequenceEnd>(out _))
                {
                    items.Add(ReadNode(depth + 1));
                }

                return new PlanNode.List(line, column, items.DrainToImmutable());
            default:
                return ReadMap(line, column, depth);
        }
    }

    private PlanNode.Map ReadMap(int line, int column, int depth)
    {
        var entries = ImmutableArray.CreateBuilder<(PlanNode.Scalar, PlanNode)>();
        var seen = new Dictionary<string, PlanNode>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = ReadNode(depth + 1);
            var value = ReadNode(depth + 1);
            if (key is not PlanNode.Scalar name)
            {
                problems.Error(key, $"A key is a text, and this is {key.Kind}.", "Put braces that are meant literally in quotes.");
            }
            else if (seen.TryGetValue(name.Text, out var first))
            {
                problems.Error(
                    name, $"The key '{name.Text}' is given twice; it stands at line {first.Line} already.", "Keep one of them.");
            }
            else
            {
                seen.Add(name.Text, name);
                entries.Add((name, value));
            }
        }

        return new(line, column, entries.DrainToImmutable());
    }

    private void Guard(ParsingEvent at, int depth)
    {
        if (depth > MaxDepth)
        {
            throw TooMuch(at, $"it is nested more than {MaxDepth} deep");
        }

        if (size > MaxNodes)
        {
            throw TooMuch(at, $"with its aliases it has more than {MaxNodes:N0} values");
        }
    }

    private static SemanticErrorException TooMuch(ParsingEvent at, string what)
    {
        var error = new SemanticErrorException(at.Start, at.End, what);
        error.Data[LimitKey] = true;
        return error;
    }
}
