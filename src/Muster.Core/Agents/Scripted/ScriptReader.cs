using System.Collections.Immutable;
using System.Globalization;
using Muster.Plans;
using Muster.Runs;
using YamlDotNet.RepresentationModel;

namespace Muster.Agents.Scripted;

/// <summary>Reads the nodes of a script.</summary>
/// <param name="path">What errors name.</param>
internal sealed class ScriptReader(string path)
{
    private const string RolePrefix = "role:";
    private static readonly ImmutableArray<Role> Roles = [.. Enum.GetValues<Role>().Where(role => role is not Role.Engine)];

    /// <summary>Reads the whole.</summary>
    public Script Read(YamlNode root) => root switch
    {
        YamlMappingNode rules => new([.. rules.Select(r => Rule(r.Key, Steps(r.Value)))]),
        YamlScalarNode { Value: null or "" } => Script.Empty,
        _ => throw Bad(root, "a script is a mapping from patterns over task ids, or roles, to what they do"),
    };

    private ScriptRule Rule(YamlNode key, ImmutableArray<ScriptStep> steps) => Text(key) is var text && text.StartsWith(RolePrefix, StringComparison.Ordinal)
        ? new(null, RoleOf(key, text[RolePrefix.Length..]), steps)
        : new(Pattern(key), null, steps);

    private Role RoleOf(YamlNode node, string name) =>
        Roles.Cast<Role?>().FirstOrDefault(role => Kebab(role.ToString()!) == name)
            ?? throw Bad(node, $"'{name}' is no role ({string.Join(", ", Roles.Select(role => Kebab(role.ToString())))})");

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

        return step with { Changes = Changes((YamlMappingNode)node) };
    }

    /// <summary>Paths are checked last, since 'hostile' may stand anywhere.</summary>
    private ScriptedChanges Changes(YamlMappingNode step)
    {
        YamlNode? Find(string key) => step.Children.FirstOrDefault(child => child.Key is YamlScalarNode { Value: { } name } && name == key).Value;
        var isHostile = Find("hostile") is { } flag && Flag(flag);
        return new()
        {
            IsHostile = isHostile,
            Delete = Find("delete") is { } delete ? [.. (delete as YamlSequenceNode ?? throw Bad(delete, "a list of paths is expected here")).Select(node => Inside(node, isHostile))] : [],
            Links = Find("links") is { } links ? [.. Pairs(links).Select(pair => (Inside(pair.Key, isHostile), Inside(pair.Value, isHostile)))] : [],
            Files = Find("files") is { } files ? [.. Pairs(files).Select(pair => (Inside(pair.Key, isHostile), Text(pair.Value)))] : [],
            AttemptFiles = Find("attempt_files") is { } own ? [.. Pairs(own).Select(pair => (Inside(pair.Key, isHostile), Text(pair.Value)))] : [],
        };
    }

    private YamlMappingNode Pairs(YamlNode node) => node as YamlMappingNode ?? throw Bad(node, "a mapping from paths is expected here");

    private string Inside(YamlNode node, bool isHostile) =>
        Text(node) is { Length: > 0 } text && (isHostile || (!Path.IsPathRooted(text) && !text.Split('/').Contains("..")))
            ? text
            : throw Bad(node, $"'{Text(node)}' is no path inside its directory; only a step with 'hostile: true' may lead out of it");

    private bool Flag(YamlNode node) => Text(node) switch
    {
        "true" => true,
        "false" => false,
        var other => throw Bad(node, $"'{other}' is neither true nor false"),
    };

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
        "files" or "delete" or "links" or "attempt_files" or "hostile" => step, // Taken together.
        var other => throw Bad(
            key,
            $"'{other}' is no key of a step (delay, progress, fault, output, return, exit, input_tokens, output_tokens, usd, tool_calls, retry_after, files, delete, links, attempt_files, hostile)"),
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
