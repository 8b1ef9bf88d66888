using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;
using Muster.Agents.Inspect;
using Muster.Runs;

namespace Muster.Agents.Chat.Tools;

/// <summary>The tools of one attempt: those that its task allows, and Write always. Carries a model's calls out.</summary>
internal sealed class ToolBox
{
    private const int MostAtOnce = 8;

    private readonly Dictionary<string, IChatTool> tools;

    private ToolBox(IEnumerable<IChatTool> tools) => this.tools = tools.ToDictionary(tool => tool.Declaration.Name, StringComparer.Ordinal);

    /// <summary>In an order that is always the same.</summary>
    public ImmutableArray<AITool> Declarations => [.. tools.Values.Select(tool => tool.Declaration)];

    /// <summary>The tools of an attempt. A coordinator may read its list of files and write its synthesis, nothing else.</summary>
    /// <param name="task">The attempt.</param>
    /// <param name="runDirectory">Absolute path.</param>
    /// <param name="trees">Listings of trees.</param>
    /// <param name="options">Limits.</param>
    /// <param name="time">Time.</param>
    public static ToolBox Of(AgentTask task, string runDirectory, SourceTrees trees, ChatAgentOptions options, TimeProvider time)
    {
        var guard = new PathGuard(task);
        var most = options.MostToolCharacters;
        bool Allows(string name) => task.Spec?.Tools.Contains(name) is true;
        var isCoordinator = task.Role is Role.Coordinator;
        List<IChatTool> tools = [];
        if (isCoordinator ? task.Inputs.Length > 0 : Allows("Read"))
        {
            tools.Add(new ReadTool(guard, most));
        }

        if (!isCoordinator && Allows("Grep"))
        {
            tools.Add(new GrepTool(guard, trees, most));
        }

        if (!isCoordinator && Allows("Glob"))
        {
            tools.Add(new GlobTool(guard, trees, most));
        }

        if (!isCoordinator && Allows("Edit"))
        {
            tools.Add(new EditTool(guard));
        }

        if (!isCoordinator && Allows("Bash"))
        {
            tools.Add(new BashTool(task, runDirectory, Sandbox.Program, options.MayRunBare, most, time));
        }

        tools.Add(new WriteTool(guard));
        return new(tools);
    }

    /// <summary>Carries out the calls of one response: neighbours that only read side by side, the others one after the other.</summary>
    /// <param name="calls">In the model's order.</param>
    /// <param name="cancellationToken">Ends them.</param>
    public async Task<List<AIContent>> RunAsync(IReadOnlyList<FunctionCallContent> calls, CancellationToken cancellationToken)
    {
        var results = new List<AIContent>(calls.Count);
        for (var at = 0; at < calls.Count;)
        {
            var reads = calls.Skip(at).Take(MostAtOnce).TakeWhile(OnlyReads).Count();
            var batch = calls.Skip(at).Take(Math.Max(1, reads)).ToList();
            cancellationToken.ThrowIfCancellationRequested();
            results.AddRange(batch is [var single]
                ? [await RunAsync(single, cancellationToken)]
                : await Task.WhenAll(batch.Select(call => Task.Run(() => RunAsync(call, cancellationToken), cancellationToken))));
            at += batch.Count;
        }

        return results;
    }

    /// <summary>Whether carrying a call out twice comes to the same as once.</summary>
    public bool MayRepeat(FunctionCallContent call) => OnlyReads(call) || call.Name == "Write" || !tools.ContainsKey(call.Name);

    private bool OnlyReads(FunctionCallContent call) => tools.TryGetValue(call.Name, out var tool) && tool.OnlyReads;

    private async Task<AIContent> RunAsync(FunctionCallContent call, CancellationToken cancellationToken)
    {
        try
        {
            return call.Exception is { } broken ? ToolResult.Error(call, $"The arguments are no JSON object: {broken.Message}")
                : !tools.TryGetValue(call.Name, out var tool) ? ToolResult.Error(call, $"There is no tool '{call.Name}'. There are: {string.Join(", ", tools.Keys)}.")
                : ToolResult.Of(call, await tool.RunAsync(new(call.Arguments), cancellationToken));
        }
        catch (Exception e) when (e is ToolException or IOException or UnauthorizedAccessException or RegexMatchTimeoutException or JsonException or InvalidOperationException)
        {
            return ToolResult.Error(call, e.Message); // The model reads it and can do otherwise.
        }
    }
}
