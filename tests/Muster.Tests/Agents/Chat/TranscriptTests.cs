using System.Text.Json;
using Microsoft.Extensions.AI;
using Muster.Agents;
using Muster.Agents.Chat;

namespace Muster.Tests.Agents.Chat;

public sealed class TranscriptTests : IDisposable
{
    private readonly TempDirectory home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public void What_was_written_is_read_back_as_it_was()
    {
        var arguments = JsonSerializer.SerializeToElement(new { file_path = "a b", limit = 3, deep = new { x = new[] { 1, 2 } } });
        Write(
            Entry("begin") with { Model = "m", PromptSha256 = "00" },
            Entry("response") with
            {
                Message = new(ChatRole.Assistant,
                [
                    new TextReasoningContent("thinking") { ProtectedData = "signature" },
                    new TextContent("text ü\n"),
                    new FunctionCallContent("c1", "Read", arguments.EnumerateObject().ToDictionary(p => p.Name, p => (object?)p.Value)),
                ]),
                Stop = ChatStop.ToolCalls,
                Tokens = new(1, 2, 3, 4),
                Usd = 0.000123m,
            },
            Entry("results") with { Message = new(ChatRole.Tool, [new FunctionResultContent("c1", "line\n")]) });

        var entries = Read();

        Assert.Equal(["begin", "response", "results"], entries.Select(e => e.Kind));
        var response = entries[1];
        Assert.Equal((ChatStop.ToolCalls, new(1, 2, 3, 4), 0.000123m), (response.Stop!.Value, response.Tokens!.Value, response.Usd!.Value));
        var thought = Assert.IsType<TextReasoningContent>(response.Message!.Contents[0]);
        Assert.Equal(("thinking", "signature"), (thought.Text, thought.ProtectedData));
        Assert.Equal("text ü\n", Assert.IsType<TextContent>(response.Message.Contents[1]).Text);
        var call = Assert.IsType<FunctionCallContent>(response.Message.Contents[2]);
        Assert.Equal(arguments.GetRawText(), JsonSerializer.Serialize(call.Arguments));
        Assert.Equal("line\n", Assert.IsType<FunctionResultContent>(entries[2].Message!.Contents[0]).Result!.ToString());
    }

    /// <summary>The engine is killed in the middle of a write: the turn before it counts, and the next one follows it.</summary>
    [Fact]
    public void A_last_line_that_was_not_finished_is_cut_off()
    {
        Write(Entry("begin"), Entry("remark") with { Message = new(ChatRole.User, "x") });
        var path = Path.Combine(home.Path, Transcript.FileName);
        var whole = new FileInfo(path).Length;
        for (var cut = whole - 1; cut > whole - 60; cut--)
        {
            using (var file = new FileStream(path, FileMode.Open))
            {
                file.SetLength(cut);
            }

            Assert.Equal("begin", Assert.Single(Read()).Kind);
            Write(Entry("remark") with { Message = new(ChatRole.User, "x") });
            Assert.Equal(2, Read().Count);
        }
    }

    [Theory]
    [InlineData("nonsense\n")]
    [InlineData("{\"kind\":\"begin\",\"at\":\"2026-01-01T00:00:00Z\",\"model\":\"m\"}\nnonsense\n")]
    [InlineData("{\"kind\":\"begin\"}\n")]
    [InlineData("{\"kind\":\"results\",\"at\":\"2026-01-01T00:00:00Z\",\"model\":\"m\"}\n")]
    public void A_file_that_is_no_transcript_loses_the_attempt(string text)
    {
        home.File(Transcript.FileName, text);

        Assert.Throws<AttemptLostException>(Read);
    }

    [Fact]
    public void Secrets_are_masked_in_everything_that_was_said()
    {
        const string Key = "canary-key-of-no-known-form";
        var known = "AKIA" + "Q3EGTLBVZ7PFW2MX";
        Write(
            Key,
            Entry("begin"),
            Entry("response") with
            {
                Message = new(ChatRole.Assistant,
                [
                    new TextContent($"first\n{known}\n{Key}"),
                    new FunctionCallContent("c1", "Write", new Dictionary<string, object?>
                    {
                        ["content"] = JsonSerializer.SerializeToElement($"a\n{known}\tb {Key}"),
                        ["list"] = JsonSerializer.SerializeToElement(new object[] { new { x = known }, Key }),
                    }),
                ]),
            },
            Entry("results") with { Message = new(ChatRole.Tool, [new FunctionResultContent("c1", $"1\t{known}\n2\t{Key}")]) },
            Entry("broken") with { Reason = $"refused: {Key} {known}" },
            Entry("end") with { ReturnLine = $"Done. {known} {Key}" });

        var text = File.ReadAllText(Path.Combine(home.Path, Transcript.FileName));

        Assert.DoesNotContain(known, text, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, text, StringComparison.Ordinal);
        Assert.Equal(5, Read().Count);
    }

    private static TranscriptEntry Entry(string kind) => new() { Kind = kind, At = DateTimeOffset.UnixEpoch, Model = "m" };

    private void Write(params TranscriptEntry[] entries) => Write(null, entries);

    private void Write(string? key, params TranscriptEntry[] entries)
    {
        var (transcript, _) = Transcript.Open(home.Path, new(() => key));
        using (transcript)
        {
            foreach (var entry in entries)
            {
                transcript.Append(entry);
            }
        }
    }

    private List<TranscriptEntry> Read()
    {
        var (transcript, entries) = Transcript.Open(home.Path, new(() => null));
        transcript.Dispose();
        return entries;
    }
}
