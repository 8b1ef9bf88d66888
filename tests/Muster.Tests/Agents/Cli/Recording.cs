using System.Text.Json;
using Muster.Agents.Cli;
using Muster.Models;

namespace Muster.Tests.Agents.Cli;

/// <summary>Streams that the real programs wrote against a loopback model server, read as an attempt reads them.</summary>
internal static class Recording
{
    /// <summary>What is known after reading them, each as a process of its own.</summary>
    /// <param name="cli">Whose.</param>
    /// <param name="model">The model that they were made with.</param>
    /// <param name="names">File names without <c>.jsonl</c>; a file with <c>.rollout</c> after it is its session's log, and is read with its process.</param>
    public static CliTranscript Read(string cli, string model, params ReadOnlySpan<string> names)
    {
        var dialect = CliDialects.All.Single(d => d.Name == cli);
        var transcript = new CliTranscript(model, ModelTable.BuiltIn);
        foreach (var name in names)
        {
            transcript.BeginProcess();
            var usage = Path.Combine(Folder, $"{name}.rollout.jsonl");
            foreach (var line in File.Exists(usage) ? File.ReadLines(usage) : [])
            {
                dialect.ReadLog(JsonDocument.Parse(line).RootElement, transcript);
            }

            foreach (var line in File.ReadLines(Path.Combine(Folder, $"{name}.jsonl")))
            {
                dialect.Read(JsonDocument.Parse(line).RootElement, transcript);
            }
        }

        return transcript;
    }

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Agents", "Cli", "Recordings");
}
