using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Muster.Artefacts;
using Muster.Plans;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Muster.Agents.Inspect.Rules;

/// <summary>Reads one pack, strictly: a key that is not known is an error, and errors name the line.</summary>
internal sealed partial class RulePackReader(string pack)
{
    private static readonly string[] PackKeys = ["globs", "exclude", "skip_tests", "rules"];

    private static readonly string[] RuleKeys =
    [
        "id", "severity", "proof", "globs", "exclude", "skip_tests", "hint", "pattern", "multiline", "in_strings", "skip_comments", "within",
        "unless", "unless_near", "if_near", "value_from", "unless_file", "if_file", "min_entropy", "message", "advice", "examples",
    ];

    public RulePack Read(string yaml)
    {
        var top = Root(yaml);
        var keys = Keys(top, PackKeys);
        var globs = Globs(keys.GetValueOrDefault("globs"));
        var exclude = Globs(keys.GetValueOrDefault("exclude"));
        var skipsTests = Flag(keys.GetValueOrDefault("skip_tests"), otherwise: false);
        var ids = new HashSet<string>();
        var rules = ImmutableArray.CreateBuilder<Rule>();
        foreach (var node in Sequence(Required(top, keys, "rules")))
        {
            var rule = ReadRule(node, globs, exclude, skipsTests);
            rules.Add(ids.Add(rule.Id) ? rule : throw Bad(node, $"the rule '{rule.Id}' stands here twice"));
        }

        return rules.Count > 0 ? new(pack, rules.ToImmutable()) : throw Bad(top, "it has no rules");
    }

    private Rule ReadRule(YamlNode node, ImmutableArray<Glob> globs, ImmutableArray<Glob> exclude, bool skipsTests)
    {
        var keys = Keys(node, RuleKeys);
        var isMultiline = Flag(keys.GetValueOrDefault("multiline"), otherwise: false);
        var ownGlobs = keys.TryGetValue("globs", out var own) ? Globs(own) : globs;
        if (ownGlobs.IsEmpty)
        {
            throw Bad(node, "neither the rule nor the pack has globs");
        }

        return new(
            Id(Required(node, keys, "id")),
            Proven(SeverityOf(Required(node, keys, "severity")), keys.GetValueOrDefault("proof"), node),
            ownGlobs,
            [.. exclude, .. Globs(keys.GetValueOrDefault("exclude"))],
            Pattern(Required(node, keys, "pattern"), isMultiline ? RegexOptions.Multiline : RegexOptions.None),
            Prose(Required(node, keys, "message")),
            Prose(Required(node, keys, "advice")),
            Examples(Required(node, keys, "examples"), ownGlobs))
        {
            IsMultiline = isMultiline,
            SkipsTests = Flag(keys.GetValueOrDefault("skip_tests"), skipsTests),
            SkipsComments = Flag(keys.GetValueOrDefault("skip_comments"), otherwise: true),
            InStrings = Flag(keys.GetValueOrDefault("in_strings"), otherwise: false),
            Within = Within(keys.GetValueOrDefault("within")),
            Hints = Texts(keys.GetValueOrDefault("hint")),
            Unless = Optional(keys.GetValueOrDefault("unless")),
            UnlessNear = Near(keys.GetValueOrDefault("unless_near")),
            IfNear = Near(keys.GetValueOrDefault("if_near")),
            ValueFrom = Origin(keys.GetValueOrDefault("value_from"), Text(keys["pattern"])),
            UnlessFile = Optional(keys.GetValueOrDefault("unless_file"), RegexOptions.Multiline),
            IfFile = Optional(keys.GetValueOrDefault("if_file"), RegexOptions.Multiline),
            MinEntropy = keys.TryGetValue("min_entropy", out var entropy) ? Number(entropy, 0, 8) : 0,
        };
    }

    private YamlNode Root(string yaml)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            return stream.Documents.Count == 1
                ? stream.Documents[0].RootNode
                : throw RulePackException.Bad(pack, 1, "one YAML document is expected");
        }
        catch (YamlException e)
        {
            throw RulePackException.Bad(pack, e.Start.Line, e.Message.TrimEnd('.'), e);
        }
        catch (InvalidOperationException e)
        {
            // The reader's own answer to some brackets that do not close; it keeps the line to itself.
            throw RulePackException.Bad(pack, 1, "from here on a bracket or brace is not closed", e);
        }
    }

    private RuleExamples Examples(YamlNode node, ImmutableArray<Glob> globs)
    {
        var keys = Keys(node, ["file", "bad", "good"]);
        var bad = Texts(Required(node, keys, "bad"));
        var good = Texts(Required(node, keys, "good"));
        if (bad.Length < 2 || good.Length < 2)
        {
            throw Bad(node, "a rule needs at least two bad and two good examples");
        }

        return new(keys.TryGetValue("file", out var file) ? Text(file) : FileFor(globs[0].Pattern), bad, good);
    }

    /// <summary>A path that a glob such as <c>*.{py,pyi}</c> matches.</summary>
    private static string FileFor(string glob) => AlternativesPattern().Replace(glob, "${first}").Replace("**/", "src/").Replace("*", "name");

    private NearbyPattern? Near(YamlNode? node)
    {
        if (node is null)
        {
            return null;
        }

        var keys = Keys(node, ["lines", "pattern"]);
        return new((int)Number(Required(node, keys, "lines"), 0, 100), Pattern(Required(node, keys, "pattern")));
    }

    private ValueOrigin? Origin(YamlNode? node, string pattern)
    {
        if (node is null)
        {
            return null;
        }

        var keys = Keys(node, ["lines", "pattern", "unless"]);
        var origin = Text(Required(node, keys, "pattern"));
        if (!origin.Contains(ValueOrigin.Placeholder, StringComparison.Ordinal) || !pattern.Contains("(?<value>", StringComparison.Ordinal))
        {
            throw Bad(node, "'value_from' needs {value} in its pattern and a group named value in the rule's");
        }

        var unless = keys.TryGetValue("unless", out var other) ? Text(other) : null;
        return new ValueOrigin(pack, node.Start.Line, (int)Number(Required(node, keys, "lines"), 0, 200), origin, unless).Checked();
    }

    private RuleSurroundings Within(YamlNode? node) => node is null ? RuleSurroundings.Anywhere : Text(node) switch
    {
        "loop" => RuleSurroundings.Loop,
        "async" => RuleSurroundings.AsyncFunction,
        _ => throw Bad(node, "'within' is either loop or async"),
    };

    private Severity SeverityOf(YamlNode node) => Text(node) switch
    {
        "critical" => Severity.Critical,
        "major" => Severity.Major,
        "minor" => Severity.Minor,
        var other => throw Bad(node, $"'{other}' is no severity; it is critical, major or minor"),
    };

    /// <summary>Severity is a matter of evidence: what a rule cannot prove from the text is advice.</summary>
    private Severity Proven(Severity severity, YamlNode? proof, YamlNode rule) => (severity, proof is null ? null : Text(proof)) switch
    {
        (Severity.Minor, null) or (Severity.Major, "text") or (not Severity.Minor, "flow" or "secret") => severity,
        (Severity.Minor, _) => throw Bad(proof!, "a minor rule is advice and has no 'proof'"),
        (_, null) => throw Bad(rule, "'proof' is missing: a rule that is not minor says what proves it, flow, secret or text"),
        (Severity.Critical, "text") => throw Bad(proof!, "a critical rule needs the proof flow or secret"),
        (_, var other) => throw Bad(proof!, $"'{other}' is no proof; it is flow, secret or text"),
    };

    private string Id(YamlNode node) => IdPattern().IsMatch(Text(node))
        ? Text(node)
        : throw Bad(node, $"'{Text(node)}' is no rule id: at least two words in lower case with hyphens between");

    /// <summary>The first backquoted text of a finding is its evidence, so the rule's own words have none.</summary>
    private string Prose(YamlNode node) => Text(node).AsSpan().IndexOfAny("`\n") < 0
        ? Text(node)
        : throw Bad(node, "a message or advice is one line without backquotes");

    private RulePattern? Optional(YamlNode? node, RegexOptions options = RegexOptions.None) => node is null ? null : Pattern(node, options);

    private RulePattern Pattern(YamlNode node, RegexOptions options = RegexOptions.None) => new(pack, node.Start.Line, Text(node), options);

    private ImmutableArray<Glob> Globs(YamlNode? node) => node is null ? [] : [.. Sequence(node).Select(item => ParseGlob(item))];

    private Glob ParseGlob(YamlNode node)
    {
        try
        {
            return Glob.Parse(Text(node));
        }
        catch (GlobException e)
        {
            throw RulePackException.Bad(pack, node.Start.Line, e.Message.TrimEnd('.'), e);
        }
    }

    private ImmutableArray<string> Texts(YamlNode? node) => node is null ? [] : [.. Sequence(node).Select(Text)];

    private bool Flag(YamlNode? node, bool otherwise) => node is null ? otherwise : Text(node) switch
    {
        "true" => true,
        "false" => false,
        _ => throw Bad(node, "true or false is expected"),
    };

    private double Number(YamlNode node, double least, double most) =>
        double.TryParse(Text(node), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw Bad(node, $"a number from {least} to {most} is expected");

    private string Text(YamlNode node) => node is YamlScalarNode { Value: { Length: > 0 } text } ? text : throw Bad(node, "a text is expected");

    private YamlSequenceNode Sequence(YamlNode node) => node is YamlSequenceNode list ? list : throw Bad(node, "a list is expected");

    private YamlNode Required(YamlNode at, Dictionary<string, YamlNode> keys, string key) =>
        keys.TryGetValue(key, out var node) ? node : throw Bad(at, $"'{key}' is missing");

    private Dictionary<string, YamlNode> Keys(YamlNode node, string[] known)
    {
        var keys = new Dictionary<string, YamlNode>();
        foreach (var (key, value) in node is YamlMappingNode map ? map : throw Bad(node, "keys and values are expected"))
        {
            if (!known.Contains(Text(key)))
            {
                throw Bad(key, $"the key '{Text(key)}' is not known; known here: {string.Join(", ", known)}");
            }

            keys.Add(Text(key), value);
        }

        return keys;
    }

    private RulePackException Bad(YamlNode node, string why) => RulePackException.Bad(pack, node.Start.Line, why);

    [GeneratedRegex(@"\{(?<first>[^,}]*)[^}]*\}", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex AlternativesPattern();

    [GeneratedRegex("^[a-z][a-z0-9]*(?:-[a-z0-9]+)+$", RegexOptions.NonBacktracking)]
    private static partial Regex IdPattern();
}
