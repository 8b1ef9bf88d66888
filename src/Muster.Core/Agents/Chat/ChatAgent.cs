using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.AI;
using Muster.Agents.Chat.Tools;
using Muster.Agents.Inspect;
using Muster.Models;
using Muster.Runs;
using Muster.Settings;

namespace Muster.Agents.Chat;

/// <summary>A model behind a chat API, with our own loop over the tools that its task allows.</summary>
/// <remarks>
/// It lives in the engine, and its conversation in the attempt's transcript: after the engine was killed the next one reads the turns that
/// were paid for and goes on from the last.
/// </remarks>
public sealed class ChatAgent : IResumableAgent, IDisposable
{
    private const int MostReports = 256;

    private readonly IChatProvider provider;
    private readonly string runDirectory;
    private readonly ModelTable models;
    private readonly SourceTrees trees;
    private readonly ChatAgentOptions options;
    private readonly TimeProvider time;

    private ChatAgent(IChatProvider provider, string runDirectory, ModelTable models, SourceTrees trees, ChatAgentOptions options, TimeProvider time) =>
        (this.provider, this.runDirectory, this.models, this.trees, this.options, this.time) = (provider, runDirectory, models, trees, options, time);

    /// <summary>The agents of this kind.</summary>
    public static ImmutableArray<string> Names { get; } = ["anthropic", "openai"];

    /// <inheritdoc/>
    public string Name => provider.Name;

    /// <summary>An agent for one run. No key is looked for before its first attempt.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="runDirectory">Absolute path of the run's directory.</param>
    /// <param name="settings">What the user set for it.</param>
    /// <param name="models">Models and prices.</param>
    /// <param name="trees">Listings of trees, shared with others.</param>
    /// <param name="environment">Reads a variable of the environment.</param>
    /// <param name="options">Limits.</param>
    /// <param name="time">Time.</param>
    public static ChatAgent Create(
        string name, string runDirectory, AgentSettings settings, ModelTable models, SourceTrees trees, Func<string, string?> environment,
        ChatAgentOptions options, TimeProvider time) =>
        new(
            name switch
            {
                "anthropic" => new AnthropicProvider(settings, environment, time),
                "openai" => new OpenAIProvider(settings, environment, time),
                _ => throw new ArgumentException($"There is no chat API '{name}'.", nameof(name)),
            },
            runDirectory,
            models,
            trees,
            options,
            time);

    /// <inheritdoc/>
    public IAsyncEnumerable<AgentReport> RunAsync(AgentTask task, CancellationToken cancellationToken) => FollowAsync(task, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<AgentReport> AdoptAsync(AgentTask task, CancellationToken cancellationToken) => FollowAsync(task, cancellationToken);

    /// <inheritdoc/>
    public bool HasBegun(string directory) => Transcript.Exists(directory);

    /// <summary>Nothing to let go of: what was said stands in the transcripts, and stopping an attempt writes nothing into them.</summary>
    public void LetGo()
    {
    }

    /// <inheritdoc/>
    public void Dispose() => provider.Dispose();

    private async IAsyncEnumerable<AgentReport> FollowAsync(AgentTask task, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reports = Channel.CreateBounded<AgentReport>(new BoundedChannelOptions(MostReports)
        {
            SingleReader = true,
            AllowSynchronousContinuations = true, // Whoever reports has the report taken: it need not wait behind all other conversations.
        });
        var work = Task.Run(() => WorkAsync(task, reports.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var report in reports.Reader.ReadAllAsync(cancellationToken))
            {
                yield return report;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await work;
        }
    }

    private async Task WorkAsync(AgentTask task, ChannelWriter<AgentReport> reports, CancellationToken cancellationToken)
    {
        try
        {
            await reports.WriteAsync(await ConverseAsync(task, reports, cancellationToken), cancellationToken);
            reports.Complete();
        }
        catch (Exception e)
        {
            reports.Complete(e); // The reader of the reports gets it, as if it had happened there.
        }
    }

    private async Task<AgentReport.Finished> ConverseAsync(AgentTask task, ChannelWriter<AgentReport> reports, CancellationToken cancellationToken)
    {
        var (transcript, entries) = Transcript.Open(task.Directory, new(() => provider.Key));
        using (transcript)
        {
            var model = entries.Count > 0 ? entries[0].Model! : models.ModelOf(Name, task.Model); // A thought belongs to the model that had it.
            IChatClient client;
            try
            {
                client = provider.ClientOf(model);
            }
            catch (ProviderSetupException e)
            {
                return new("Failed. There is no key.", new(FailureClass.Permanent, $"{e.Message.TrimEnd('.')}. {e.NextStep.TrimEnd('.')}"));
            }

            var tools = ToolBox.Of(task, runDirectory, trees, options, time);
            var sender = new RequestSender(provider, options, time, new Random(Seed(task)));
            var conversation = new ChatConversation(
                task, model, tools, transcript, sender, models, options, time,
                report => reports.WriteAsync(report, cancellationToken),
                what => reports.TryWrite(new AgentReport.Progress(what)));
            var ended = Start(conversation, task, entries);
            await reports.WriteAsync(new AgentReport.Used(conversation.Usage), cancellationToken);
            if (ended is not null)
            {
                return ended;
            }

            var chatOptions = new ChatOptions
            {
                ModelId = model,
                Tools = [.. tools.Declarations],
                MaxOutputTokens = provider.OutputLimit(Math.Min(Proposals.OrWorkspaceOf(task) ? options.MostFileTokens : options.MostOutputTokens, models.MaxOutputOf(model))),
            };
            return await conversation.GoAsync(client, chatOptions, cancellationToken);
        }
    }

    /// <summary>Begins the conversation, or goes back to where its transcript ends. Its prompt is the one on disk: a resumed engine would write it with marks of its own.</summary>
    /// <remarks>It is read in one go: a short file read asynchronously waits several times in the queue of all conversations.</remarks>
    private static AgentReport.Finished? Start(ChatConversation conversation, AgentTask task, List<TranscriptEntry> entries)
    {
        var path = Path.Combine(task.Directory, "prompt.md");
        var bytes = File.Exists(path) ? File.ReadAllBytes(path) : Encoding.UTF8.GetBytes(task.Prompt);
        var (prompt, hash) = (Encoding.UTF8.GetString(bytes), Convert.ToHexStringLower(SHA256.HashData(bytes)));
        if (entries.Count > 0)
        {
            return hash == entries[0].PromptSha256
                ? conversation.Resume(prompt, entries)
                : throw new AttemptLostException("its transcript does not go with its prompt");
        }

        conversation.Begin(prompt, prompt.AsSpan().StartsWith(task.Prompt.AsSpan(0, task.SharedLength)) ? task.SharedLength : 0, hash);
        return null;
    }

    private static int Seed(AgentTask task) =>
        BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{task.RunId} {task.Step} {task.Attempt}"))));
}
