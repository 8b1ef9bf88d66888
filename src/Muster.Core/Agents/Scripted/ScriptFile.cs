using System.Collections.Immutable;
using System.Globalization;
using Muster.Plans;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Muster.Agents.Scripted;

/// <summary>Reads a script: a YAML mapping from patterns over task ids to what their attempts do.</summary>
public static class ScriptFile
{
    private const int MaxDepth = 32;
    private const int MaxLength = 1 << 20;

    /// <summary>Reads a file.</summary>
    /// <exception cref="ScriptException">It is missing or says something that a script cannot; line and column are named.</exception>
    public static Script Load(string path)
    {
        if (UserFile.WhyNot(path) is { } why)
        {
            throw ScriptException.NoFile(path, why);
        }

        string text;
        try
        {
            if (new FileInfo(path).Length > MaxLength)
            {
                throw ScriptException.Bad(path, 1, 1, $"the script is longer than {MaxLength:N0} bytes");
            }

            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ScriptException.Unreadable(path, e);
        }

        return Parse(text, path);
    }

    /// <summary>Reads a script's text; <paramref name="path"/> is what errors name.</summary>
    public static Script Parse(string text, string path)
    {
        if (text.Length > MaxLength)
        {
            throw ScriptException.Bad(path, 1, 1, $"the script is longer than {MaxLength:N0} characters");
        }

        try
        {
            RequireFlat(text, path);
            var yaml = new YamlStream();
            yaml.Load(new StringReader(text));
            return yaml.Documents.Count == 0 ? Script.Empty : new Reader(path).Read(yaml.Documents[0].RootNode);
        }
        catch (YamlException e)
        {
            throw ScriptException.Bad(path, e.Start.Line, e.Start.Column, e.Message.TrimEnd('.'));
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException) // YamlDotNet says so of some texts.
        {
            throw ScriptException.Bad(path, 1, 1, $"this is not YAML: {e.Message.TrimEnd('.')}");
        }
    }

    /// <summary>Nodes are read by recursion: a text of a million brackets would end the process.</summary>
    private static void RequireFlat(string text, string path)
    {
        var parser = new Parser(new StringReader(text));
        for (var depth = 0; parser.MoveNext();)
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > MaxDepth)
            {
                throw ScriptException.Bad(path, parser.Current.Start.Line, parser.Current.Start.Column, $"it is nested deeper than {MaxDepth} levels");
            }
        }
    }

    private sealed class Reader(string path)
    {
        public Script Read(YamlNode root) => root switch
        {
            YamlMappingNode rules => new([.. rules.Select(r => new ScriptRule(Pattern(r.Key), Steps(r.Value)))]),
            YamlScalarNode { Value: null or "" } => Script.Empty,
            _ => throw Bad(root, "a script is a mapping from patterns over task ids to what they do"),
        };

        private Glob Pattern(YamlNode node)
        {
            try
            {
                return Glob.Parse(Text(node));
            }
            catch (GlobException e)
            {
                throw Bad(node, e.Message.TrimEnd('.'));
            }
        }

        private ImmutableArray<ScriptStep> Steps(YamlNode node) => node switch
        {
            YamlSequenceNode { Children.Count: > 0 } steps => [.. steps.Select(Step)],
            YamlMappingNode step => [Step(step)],
            YamlScalarNode fault => [new() { Fault = Fault(fault) }],
            _ => throw Bad(node, "an attempt's step, or a list of them, is missing"),
        };

        private ScriptStep Step(YamlNode node)
        {
            if (node is YamlScalarNode)
            {
                return new() { Fault = Fault(node) };
            }

            var step = ScriptStep.Default;
            foreach (var (key, value) in node as YamlMappingNode ?? throw Bad(node, "a step is a fault's name or a mapping"))
            {
                step = With(step, key, value);
            }

            return step;
        }

        private ScriptStep With(ScriptStep step, YamlNode key, YamlNode value) => Text(key) switch
        {
            "delay" => step with { Delay = Span(value) },
            "progress" => step with { Progress = Text(value) is "never" ? TimeSpan.Zero : Span(value) },
            "fault" => step with { Fault = Fault(value) },
            "output" => step with { Output = Text(value) },
            "return" => step with { Return = Text(value) },
            "exit" => step with { Exit = (int)Number(value, 255) },
            "input_tokens" => step with { Usage = step.Usage with { InputTokens = (long)Number(value, 1e12m) } },
            "output_tokens" => step with { Usage = step.Usage with { OutputTokens = (long)Number(value, 1e12m) } },
            "usd" => step with { Usage = step.Usage with { Usd = Text(value) is "unknown" ? null : Number(value, 1e9m) } },
            "tool_calls" => step with { ToolCalls = (int)Number(value, 1e9m) },
            "retry_after" => step with { RetryAfter = Span(value) },
            var other => throw Bad(
                key,
                $"'{other}' is no key of a step (delay, progress, fault, output, return, exit, input_tokens, output_tokens, usd, tool_calls, retry_after)"),
        };

        private ScriptFault Fault(YamlNode node) =>
            Enum.TryParse<ScriptFault>(Text(node).Replace("-", string.Empty), ignoreCase: true, out var fault) && Enum.IsDefined(fault)
                ? fault
                : throw Bad(node, $"'{Text(node)}' is no fault ({string.Join(", ", Enum.GetNames<ScriptFault>().Select(Kebab))})");

        private TimeSpan Span(YamlNode node) =>
            Duration.TryParse(Text(node), out var span) ? span : throw Bad(node, $"'{Text(node)}' is no duration like 200ms, 5s or 2m");

        private decimal Number(YamlNode node, decimal most) =>
            decimal.TryParse(Text(node), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number <= most
                ? number
                : throw Bad(node, $"'{Text(node)}' is no number from 0 to {most:0}");

        private string Text(YamlNode node) =>
            node is YamlScalarNode { Value: { } text } ? text : throw Bad(node, "a plain value is expected here");

        private ScriptException Bad(YamlNode node, string what) => ScriptException.Bad(path, node.Start.Line, node.Start.Column, what);

        private static string Kebab(string name) =>
            string.Concat(name.Select((c, i) => char.IsUpper(c) && i > 0 ? $"-{char.ToLowerInvariant(c)}" : char.ToLowerInvariant(c).ToString()));
    }
}
