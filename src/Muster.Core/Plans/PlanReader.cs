using System.Collections.Immutable;
using Muster.Agents.Scripted;
using Muster.Runs;

namespace Muster.Plans;

/// <summary>Makes a plan of its YAML: every key is known, every value has the form that its key wants.</summary>
internal sealed class PlanReader(ProblemList problems, string baseDirectory, PlanSurroundings surroundings)
{
    private static readonly string[] PlanKeys =
        ["goal", "root", "agent", "capacity", "dispatch", "limits", "retries", "script", "coordinator", "tiers", "domains"];

    private static readonly string[] TaskKeys =
        ["id", "name", "task", "scope", "model", "agent", "tools", "timeout", "estimate", "after", "checks", "command", "foreach", "batch"];

    private readonly Dictionary<string, Tier> tiers = new(StringComparer.Ordinal) { ["haiku"] = Tier.Haiku, ["sonnet"] = Tier.Sonnet, ["opus"] = Tier.Opus };
    private readonly YamlFields yaml = new(problems);
    private string agent = "inspect";

    public Plan? Read(PlanNode node, string fileName, string text)
    {
        if (yaml.Fields(node, PlanKeys, "a plan") is not { } plan)
        {
            return null;
        }

        ReadTiers(plan.GetValueOrDefault("tiers"));
        if (surroundings.Agent is { } asked && !surroundings.Agents.Contains(asked))
        {
            problems.Error(0, 0, $"There is no agent '{asked}'.", NearestName.Advice(asked, surroundings.Agents, "agents"));
        }

        agent = surroundings.Agent ?? AgentOf(plan.GetValueOrDefault("agent")) ?? "inspect";
        var coordinator = plan.TryGetValue("coordinator", out var c) ? yaml.Fields(c, ["agent", "model", "batch"], "a coordinator") : null;
        var model = coordinator?.GetValueOrDefault("model") is { } m ? yaml.Text(m) ?? "sonnet" : "sonnet";
        var coordinators = surroundings.Agent ?? AgentOf(coordinator?.GetValueOrDefault("agent")) ?? (agent == "command" ? "inspect" : agent);
        if (coordinator?.GetValueOrDefault("batch") is { } batch)
        {
            coordinators = Batched(coordinators, batch, [], "The coordinator");
        }

        var domains = yaml.Required(plan, "domains", node) is { } list ? Domains(list) : [];
        return new()
        {
            FileName = fileName,
            Text = text,
            Goal = (yaml.Required(plan, "goal", node) is { } goal ? yaml.Text(goal) : null)?.ReplaceLineEndings(" ").Trim() ?? string.Empty,
            Root = surroundings.Root ?? Root(plan.GetValueOrDefault("root")),
            CoordinatorAgent = coordinators,
            CoordinatorModel = model,
            CoordinatorTier = TierOf(coordinators, model),
            Capacity = (int)(yaml.Number(plan.GetValueOrDefault("capacity"), 2, 1_000, whole: true) ?? surroundings.UsualCapacity),
            Waves = yaml.Choice(plan.GetValueOrDefault("dispatch"), "rolling", "waves") == "waves",
            Limits = Effective(plan.TryGetValue("limits", out var limits) ? Limits(limits) : new()),
            Retries = (int)(yaml.Number(plan.GetValueOrDefault("retries"), 0, 10, whole: true) ?? 1),
            Script = plan.TryGetValue("script", out var script) ? Script(script) : null,
            Domains = domains,
        };
    }

    private ImmutableArray<PlanDomain> Domains(PlanNode node)
    {
        if (node is not PlanNode.List { Items.Length: > 0 } list)
        {
            problems.Error(node, $"'domains' is {node.Kind}.", "List at least one domain with an id and tasks.");
            return [];
        }

        return [.. list.Items.Select(Domain).OfType<PlanDomain>()];
    }

    private PlanDomain? Domain(PlanNode node)
    {
        if (yaml.Fields(node, ["id", "title", "tasks"], "a domain") is not { } domain || Id(domain, node) is not { } id)
        {
            return null;
        }

        var title = domain.TryGetValue("title", out var t) ? yaml.Text(t) : null;
        if (yaml.Required(domain, "tasks", node) is not PlanNode.List { Items.Length: > 0 } tasks)
        {
            problems.Error(node, $"Domain '{id.Value}' has no task.", "Give it 3 to 8 tasks, or a 'foreach'.");
            return null;
        }

        return new(id.Value, (title ?? id.Value).ReplaceLineEndings(" "), [.. tasks.Items.Select(task => Task(task, id.Value)).OfType<PlanTask>()], id);
    }

    private PlanTask? Task(PlanNode node, string domain)
    {
        if (yaml.Fields(node, TaskKeys, "a task") is not { } task)
        {
            return null;
        }

        var items = task.TryGetValue("foreach", out var f) ? Items(f) : null;
        var hasItems = task.ContainsKey("foreach");
        var id = hasItems ? yaml.Required(task, "id", node) is { } text && yaml.Text(text) is { } t ? new PlanText(t, text.Line, text.Column) : null : Id(task, node);
        var model = yaml.Required(task, "model", node, "every task names its model: haiku, sonnet, opus, or a model's own name") is { } m ? yaml.Text(m) : null;
        var words = yaml.Required(task, "task", node) is { } w ? yaml.Text(w) : null;
        if (id is not { } at || model is null || words is null)
        {
            return null;
        }

        CheckPlaceholders(task, hasItems);
        var own = surroundings.Agent ?? AgentOf(task.GetValueOrDefault("agent")) ?? agent;
        var tools = yaml.Texts(task.GetValueOrDefault("tools"));
        own = task.TryGetValue("batch", out var batch) ? Batched(own, batch, tools, $"Task '{at.Value}'") : own;
        return new(
            new()
            {
                Id = at.Value,
                Domain = domain,
                Name = task.TryGetValue("name", out var name) ? yaml.Text(name)?.ReplaceLineEndings(" ") ?? string.Empty : hasItems ? string.Empty : at.Value,
                Task = words,
                Scope = yaml.Texts(task.GetValueOrDefault("scope"), Scope),
                Model = model,
                Tier = TierOf(own, model),
                Agent = own,
                Tools = tools,
                Timeout = yaml.Span(task.GetValueOrDefault("timeout")),
                Estimate = yaml.Span(task.GetValueOrDefault("estimate")),
                After = yaml.Texts(task.GetValueOrDefault("after")),
                Checks = yaml.Texts(task.GetValueOrDefault("checks")),
                Command = yaml.Texts(task.GetValueOrDefault("command")),
            },
            items,
            at);
    }

    private ItemSource? Items(PlanNode node)
    {
        if (yaml.Fields(node, ["glob", "jsonl", "csv", "lines"], "a foreach") is not { Count: > 0 } source)
        {
            problems.Error(node, "A 'foreach' names what it goes over.", "Write one of glob, jsonl, csv or lines.");
            return null;
        }

        if (source.Count > 1)
        {
            problems.Error(node, "A 'foreach' goes over one thing.", "Keep one of glob, jsonl, csv and lines.");
        }

        var (kind, value) = source.First();
        if (yaml.Text(value) is not { } text)
        {
            return null;
        }

        if (kind == "glob")
        {
            return Pattern(value, text) ? new ItemSource.Paths(text, []) : null;
        }

        var path = Path.GetFullPath(text, baseDirectory);
        if (UserFile.WhyNot(path) is { } why)
        {
            problems.Error(value, $"The items' file '{text}' cannot be read: it {why}.", "Name a file, relative to the plan.");
            return null;
        }

        return kind switch { "jsonl" => new ItemSource.Json(text, path), "csv" => new ItemSource.Csv(text, path), _ => new ItemSource.Lines(text, path) };
    }

    private void CheckPlaceholders(Dictionary<string, PlanNode> task, bool hasItems)
    {
        foreach (var key in (ReadOnlySpan<string>)["id", "name", "task", "scope", "after", "command"])
        {
            if (!task.TryGetValue(key, out var node))
            {
                continue;
            }

            foreach (var scalar in node is PlanNode.List list ? list.Items.OfType<PlanNode.Scalar>() : [.. new[] { node }.OfType<PlanNode.Scalar>()])
            {
                foreach (var unknown in ItemTemplate.Unknown(scalar.Text, hasItems).Distinct())
                {
                    problems.Error(
                        scalar, $"'{unknown}' in '{key}' stands for nothing here.",
                        hasItems ? "Use {item}, {item.FIELD} or {n}; write {{ and }} for literal braces." : "Placeholders need a 'foreach'; write {{ and }} for literal braces.");
                }
            }
        }
    }

    private RunLimits Limits(PlanNode node)
    {
        var limits = yaml.Fields(node, ["agents", "tokens", "usd", "wall", "parent_tokens", "attempt_tokens", "attempt_usd"], "limits") ?? [];
        return new(
            Agents: (int?)yaml.Number(limits.GetValueOrDefault("agents"), 1, 10_000_000, whole: true),
            Tokens: (long?)yaml.Number(limits.GetValueOrDefault("tokens"), 1, 1e15m, whole: true),
            Usd: yaml.Number(limits.GetValueOrDefault("usd"), 0, 1e9m),
            Wall: yaml.Span(limits.GetValueOrDefault("wall")),
            ParentTokens: (int)(yaml.Number(limits.GetValueOrDefault("parent_tokens"), 200, 1_000_000, whole: true) ?? 2_500),
            AttemptTokens: (long?)yaml.Number(limits.GetValueOrDefault("attempt_tokens"), 1, 1e12m, whole: true),
            AttemptUsd: yaml.Number(limits.GetValueOrDefault("attempt_usd"), 0, 1e6m));
    }

    private RunLimits Effective(RunLimits ofPlan)
    {
        var limits = surroundings.Limits.Or(ofPlan).Or(surroundings.UsualLimits);
        return ofPlan with { Agents = limits.Agents, Tokens = limits.Tokens, Usd = limits.Usd, Wall = limits.Wall };
    }

    private Tier TierOf(string agentName, string model) =>
        tiers.TryGetValue(model, out var tier) ? tier : surroundings.Models.TierOf(BatchedAgent.Plain(agentName), model) is { } known ? tiers[known] : Tier.Opus;

    /// <summary>The agent that takes a step of <paramref name="own"/> through its provider's batches, where that is asked and can be.</summary>
    private string Batched(string own, PlanNode batch, ImmutableArray<string> tools, string who)
    {
        if (!yaml.Flag(batch))
        {
            return own;
        }

        if (!tools.IsEmpty)
        {
            problems.Error(batch, $"{who} goes through batches and has tools.", "Write 'tools: []', what it reads then stands in its prompt, or take 'batch' away.");
        }

        if (BatchedAgent.IsThereFor(own))
        {
            return BatchedAgent.Of(own);
        }

        if (surroundings.Agent is null)
        {
            problems.Error(batch, $"{who} goes through batches, which the agent '{own}' does not have.", "Name 'agent: anthropic', or take 'batch' away.");
        }
        else if (RunModel.IsUsedBy(own))
        {
            problems.Warning(batch.Line, batch.Column, $"{who} would go through batches, which the agent '{own}' does not have.", "Nothing needs doing; it goes at the full price.");
        }

        return own;
    }

    private void ReadTiers(PlanNode? node)
    {
        if (node is not (null or PlanNode.Map))
        {
            problems.Error(node, $"'tiers' is {node.Kind}.", "Write models with their tiers: 'tiers: { my-model: haiku }'.");
        }

        foreach (var (key, value) in (node as PlanNode.Map)?.Entries ?? [])
        {
            if (yaml.Choice(value, "haiku", "sonnet", "opus") is { } tier)
            {
                tiers[key.Text] = Enum.Parse<Tier>(tier, ignoreCase: true);
            }
        }
    }

    private string Root(PlanNode? node)
    {
        var root = Path.GetFullPath(node is null ? "." : yaml.Text(node) ?? ".", baseDirectory);
        if (!Directory.Exists(root))
        {
            problems.Error(
                node?.Line ?? 0, node?.Column ?? 0,
                File.Exists(root) ? $"The root {root} is a file." : $"The root {root} does not exist.", "Name a directory, relative to the plan.");
        }

        return root;
    }

    private string? Script(PlanNode node)
    {
        if (yaml.Text(node) is not { } given)
        {
            return null;
        }

        var path = Path.GetFullPath(given, baseDirectory);
        try
        {
            _ = ScriptFile.Load(path);
        }
        catch (ScriptException e)
        {
            problems.Error(node, e.Message, e.NextStep);
        }

        return path;
    }

    private bool Scope(PlanNode at, string pattern) => pattern.Contains('{') && pattern.Contains("item", StringComparison.Ordinal) || Pattern(at, pattern);

    private bool Pattern(PlanNode at, string pattern)
    {
        try
        {
            _ = Glob.Parse(pattern);
            return true;
        }
        catch (GlobException e)
        {
            problems.Error(at, e.Message, e.NextStep);
            return false;
        }
    }

    private string? AgentOf(PlanNode? node)
    {
        if (node is null || yaml.Text(node) is not { } name)
        {
            return null;
        }

        if (!surroundings.Agents.Contains(name))
        {
            problems.Error(node, $"There is no agent '{name}'.", NearestName.Advice(name, surroundings.Agents, "agents"));
        }

        return name;
    }

    private PlanText? Id(Dictionary<string, PlanNode> fields, PlanNode node)
    {
        if (yaml.Required(fields, "id", node) is not { } at || yaml.Text(at) is not { } id)
        {
            return null;
        }

        if (TaskId.WhyNot(id) is { } why)
        {
            problems.Error(at, $"'{(id.Length > 80 ? id[..80] + "…" : id)}' cannot be an id: {why}.", TaskId.Rule);
            return null;
        }

        return new(id, at.Line, at.Column);
    }
}
