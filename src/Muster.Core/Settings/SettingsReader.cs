using System.Collections.Immutable;
using Muster.Models;
using Muster.Plans;
using Muster.Runs;

namespace Muster.Settings;

/// <summary>Makes settings of their YAML: every key is known, every value has the form that its key wants.</summary>
internal sealed class SettingsReader(ProblemList problems)
{
    private static readonly string[] AgentNames = [.. ModelCatalog.BuiltIn.Agents.Keys.Order(StringComparer.Ordinal)];

    private readonly YamlFields yaml = new(problems);
    private readonly ModelReader models = new(problems);

    public UserSettings? Read(PlanNode node)
    {
        if (yaml.Fields(node, ["agents", "models", "limits", "capacity"], "settings") is not { } settings)
        {
            return null;
        }

        var own = settings.TryGetValue("agents", out var a) ? Agents(a) : [];
        var facts = settings.TryGetValue("models", out var m) ? models.Models(m) : [];
        return new(
            own,
            ModelTable.BuiltIn.With(own.Select(o => KeyValuePair.Create(o.Key, o.Value.Models)), facts),
            settings.TryGetValue("limits", out var limits) ? Limits(limits) : new(),
            (int?)yaml.Number(settings.GetValueOrDefault("capacity"), 2, 1_000, whole: true));
    }

    /// <summary>A tree names models and limits; endpoints, programs, keys and prices are a person's alone.</summary>
    public TreeSettings? ReadTree(PlanNode node)
    {
        if (yaml.Fields(node, ["agents", "limits", "capacity"], "a tree's settings") is not { } settings)
        {
            return null;
        }

        var agents = settings.TryGetValue("agents", out var a) ? yaml.Fields(a, AgentNames, "the agents") ?? [] : [];
        return new(
            agents.Select(agent => (agent.Key, Fields: yaml.Fields(agent.Value, ["models"], "an agent in a tree's settings")))
                .Where(agent => agent.Fields is not null)
                .ToImmutableDictionary(agent => agent.Key, agent => models.TierModels(agent.Fields!.GetValueOrDefault("models"))),
            settings.TryGetValue("limits", out var limits) ? Limits(limits) : new(),
            (int?)yaml.Number(settings.GetValueOrDefault("capacity"), 2, 1_000, whole: true));
    }

    private ImmutableDictionary<string, AgentSettings> Agents(PlanNode node)
    {
        var all = yaml.Fields(node, AgentNames, "the agents") ?? [];
        return all.ToImmutableDictionary(agent => agent.Key, agent => Agent(agent.Value));
    }

    private AgentSettings Agent(PlanNode node) => yaml.Fields(node, ["program", "base_url", "key", "login", "sandbox", "models"], "an agent") is { } agent
        ? new()
        {
            Program = agent.TryGetValue("program", out var program) ? yaml.Text(program) : null,
            BaseUrl = agent.TryGetValue("base_url", out var url) ? BaseUrl(url) : null,
            KeyVariable = agent.TryGetValue("key", out var key) ? Variable(key) : null,
            UsesOwnLogin = agent.TryGetValue("login", out var login) && IsUser(login),
            MayRunBare = agent.TryGetValue("sandbox", out var sandbox) && IsNone(sandbox),
            Models = models.TierModels(agent.GetValueOrDefault("models")),
        }
        : new();

    private bool IsNone(PlanNode node)
    {
        switch (yaml.Text(node))
        {
            case null or "required":
                return false;
            case "none":
                return true;
            case var other:
                problems.Error(node, $"'{other}' is no sandbox.", "Write 'required', or 'none' to let an agent's commands run without one where this machine has none.");
                return false;
        }
    }

    private bool IsUser(PlanNode node)
    {
        switch (yaml.Text(node))
        {
            case null or "key":
                return false;
            case "user":
                return true;
            case var other:
                problems.Error(node, $"'{other}' is no login.", "Write 'user' for the login that your own program has, or 'key' for the key in a variable.");
                return false;
        }
    }

    private Uri? BaseUrl(PlanNode node)
    {
        if (yaml.Text(node) is not { } text)
        {
            return null;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0)
        {
            return url;
        }

        problems.Error(node, $"'{text}' is no address of an interface.", "Write it like https://api.example.com/v1, without a user or key in it.");
        return null;
    }

    /// <summary>A key itself does not belong here: it would lie in a file and be shown in messages.</summary>
    private string? Variable(PlanNode node)
    {
        if (yaml.Text(node) is not { } text)
        {
            return null;
        }

        if (text.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '_') && !char.IsAsciiDigit(text[0]))
        {
            return text;
        }

        problems.Error(node, "'key' is no name of an environment variable.", "Name the variable that holds the key, in capitals, such as ANTHROPIC_API_KEY; never the key itself.");
        return null;
    }

    private RunLimits Limits(PlanNode node)
    {
        var limits = yaml.Fields(node, ["agents", "tokens", "usd", "wall"], "limits") ?? [];
        return new(
            Agents: (int?)yaml.Number(limits.GetValueOrDefault("agents"), 1, 10_000_000, whole: true),
            Tokens: (long?)yaml.Number(limits.GetValueOrDefault("tokens"), 1, 1e15m, whole: true),
            Usd: yaml.Number(limits.GetValueOrDefault("usd"), 0, 1e9m),
            Wall: yaml.Span(limits.GetValueOrDefault("wall")));
    }
}
