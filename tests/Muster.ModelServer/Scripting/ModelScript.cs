using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.Core;

namespace Muster.Loopback.Scripting;

/// <summary>What single tasks do, storms, and faults of making a batch. See docs/rehearsing.md for its form.</summary>
public sealed class ModelScript
{
    private static readonly TimeSpan MatchTime = TimeSpan.FromSeconds(1);

    private ModelScript(ImmutableArray<ScriptRule> tasks, ImmutableArray<Storm> storms, ImmutableArray<BatchFault> batches) =>
        (Tasks, Storms, Batches) = (tasks, storms, batches);

    /// <summary>Everything goes well.</summary>
    public static ModelScript Empty { get; } = new([], [], []);

    /// <summary>In the order of the script; they begin with the server.</summary>
    public ImmutableArray<Storm> Storms { get; }

    internal ImmutableArray<ScriptRule> Tasks { get; }

    /// <summary>One for each batch that somebody tries to make.</summary>
    internal ImmutableArray<BatchFault> Batches { get; }

    /// <summary>Reads a script's file.</summary>
    /// <exception cref="ScriptFormatException">It says what no script can.</exception>
    public static ModelScript Load(string path) => Parse(File.ReadAllText(path));

    /// <summary>Reads a script, in YAML or JSON.</summary>
    /// <exception cref="ScriptFormatException">It says what no script can.</exception>
    public static ModelScript Parse(string text)
    {
        try
        {
            using var json = YamlAsJson.Read(text);
            var (tasks, storms, batches) = (ImmutableArray<ScriptRule>.Empty, ImmutableArray<Storm>.Empty, ImmutableArray<BatchFault>.Empty);
            foreach (var property in json.RootElement.EnumerateObject())
            {
                switch (property.Name)
                {
                    case "tasks":
                        tasks = [.. property.Value.EnumerateArray().Select(Task)];
                        break;
                    case "storms":
                        storms = [.. property.Value.EnumerateArray().Select(StormOf)];
                        break;
                    case "batches":
                        batches = [.. property.Value.EnumerateArray().Select(BatchFault.Read)];
                        break;
                    default:
                        throw new ScriptFormatException($"a script has tasks, storms and batches, no '{property.Name}'");
                }
            }

            return new(tasks, storms, batches);
        }
        catch (Exception e) when (e is YamlException or JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException)
        {
            throw new ScriptFormatException($"the script is not what one can be: {e.Message}");
        }
    }

    /// <summary>The first rule that matches; null when none does.</summary>
    internal ScriptRule? RuleFor(string subject) => Tasks.FirstOrDefault(rule => rule.Pattern.IsMatch(subject));

    private static ScriptRule Task(JsonElement element)
    {
        var steps = default(ImmutableArray<ScriptedStep>);
        var (at, conditions, any) = (0, new ScriptedStep(), false);
        foreach (var property in element.EnumerateObject())
        {
            switch (property.Name)
            {
                case "match":
                    break;
                case "steps":
                    steps = StepReader.ReadAll(property.Value);
                    break;
                case "at":
                    at = property.Value.GetInt32();
                    break;
                default:
                    conditions = StepReader.With(conditions, property.Name, property.Value)
                        ?? throw new ScriptFormatException($"a task of a script has no '{property.Name}'");
                    any = true;
                    break;
            }
        }

        return new(Pattern(element.GetProperty("match").ToString()), steps, at, any ? conditions : null);
    }

    /// <summary><c>/a regex/</c>, or a text that stands somewhere in the subject.</summary>
    private static Regex Pattern(string match) => match is ['/', .. var pattern, '/']
        ? new(pattern, RegexOptions.None, MatchTime)
        : new(Regex.Escape(match), RegexOptions.None, MatchTime);

    private static Storm StormOf(JsonElement element)
    {
        TimeSpan? Time(string name) => element.TryGetProperty(name, out var ms) ? TimeSpan.FromMilliseconds(ms.GetDouble()) : null;
        var requests = element.TryGetProperty("requests", out var count) ? count.GetInt32() : (int?)null;
        var storm = new Storm(StepReader.Fault(element.GetProperty("fault")), requests, Time("for_ms"), Time("after_ms") ?? TimeSpan.Zero);
        return storm is { Requests: null, Duration: null } ? throw new ScriptFormatException("a storm has requests, for_ms or both") : storm;
    }
}
