using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Muster.Agents.Inspect.Checks;

/// <summary>Reads YAML that may be hostile: too deep, too large or keyed by other than plain text is no document.</summary>
/// <remarks>An alias is its target itself, so a walk must go a fixed way down and not twice into one node.</remarks>
internal static class YamlTree
{
    private const int MaxLength = 512 << 10;
    private const int MaxDepth = 48;

    /// <summary>The first document's mapping, or null when there is none.</summary>
    public static YamlMappingNode? Read(string? text)
    {
        if (text is not { Length: > 0 and <= MaxLength })
        {
            return null;
        }

        try
        {
            if (!IsTame(text))
            {
                return null;
            }

            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents.Count > 0 ? stream.Documents[0].RootNode as YamlMappingNode : null;
        }
        catch (Exception e) when (e is YamlException or ArgumentException or InvalidOperationException or FormatException or OverflowException)
        {
            return null; // Not YAML: the tool that reads this file says so, in better words.
        }
    }

    /// <summary>What stands under a key, own or merged in by <c>&lt;&lt;</c>; null when there is none.</summary>
    public static YamlNode? Get(this YamlNode? node, string key)
    {
        if (node is not YamlMappingNode mapping)
        {
            return null;
        }

        if (mapping.Children.TryGetValue(new YamlScalarNode(key), out var value))
        {
            return value;
        }

        return mapping.Children.TryGetValue(new YamlScalarNode("<<"), out var merged)
            ? Items(merged, orSelf: true).Take(8).OfType<YamlMappingNode>()
                .Select(from => from.Children.TryGetValue(new YamlScalarNode(key), out var its) ? its : null).FirstOrDefault(found => found is not null)
            : null;
    }

    /// <summary>The 1-based line of a key, or of the mapping itself when the key is not its own.</summary>
    public static int LineOf(this YamlNode node, string key) =>
        (int)((node as YamlMappingNode)?.Children.Keys.FirstOrDefault(own => own.Text() == key)?.Start.Line ?? node.Start.Line);

    /// <summary>A scalar's text, or null.</summary>
    public static string? Text(this YamlNode? node) => (node as YamlScalarNode)?.Value;

    /// <summary>The pairs of a mapping whose keys are text.</summary>
    public static IEnumerable<(string Key, YamlNode Value)> Pairs(this YamlNode? node) =>
        node is YamlMappingNode mapping ? mapping.Children.Where(pair => pair.Key.Text() is not null).Select(pair => (pair.Key.Text()!, pair.Value)) : [];

    /// <summary>The items of a sequence; of anything else nothing, or itself.</summary>
    public static IEnumerable<YamlNode> Items(this YamlNode? node, bool orSelf = false) => node switch
    {
        YamlSequenceNode sequence => sequence.Children,
        not null when orSelf => [node],
        _ => [],
    };

    /// <summary>Goes through the events, which needs no stack: loading what is too deep would end the process.</summary>
    private static bool IsTame(string text)
    {
        var parser = new Parser(new StringReader(text));
        var open = new Stack<(bool IsMapping, bool IsAtKey)>();
        while (parser.MoveNext())
        {
            if (parser.Current is MappingEnd or SequenceEnd)
            {
                _ = open.Pop();
                continue;
            }

            if (parser.Current is not NodeEvent and not AnchorAlias)
            {
                continue;
            }

            if (open.TryPop(out var around))
            {
                if (around is (true, true) && parser.Current is not Scalar)
                {
                    return false; // To compare such keys can take for ever.
                }

                open.Push((around.IsMapping, around.IsMapping && !around.IsAtKey));
            }

            if (parser.Current is MappingStart or SequenceStart)
            {
                open.Push((parser.Current is MappingStart, parser.Current is MappingStart));
                if (open.Count > MaxDepth)
                {
                    return false;
                }
            }
        }

        return true;
    }
}
