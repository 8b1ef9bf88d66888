using System.Text.Json.Nodes;
using Muster.Loopback.Scripting;

namespace Muster.Loopback.Rehearsing;

/// <summary>Finds among the offered tools the one that reads, looks or writes, and says its input in its own words.</summary>
internal sealed class ToolChoice(IReadOnlyList<OfferedTool> offered)
{
    private const string EndOfFile = "END_OF_REHEARSED_FILE";

    private OfferedTool? Writer => Find("Write", "write", "write_file", "create", "create_file");

    private OfferedTool? Reader => Find("Read", "read", "read_file", "view");

    private OfferedTool? Shell => Find("exec_command", "shell_command", "shell", "Bash", "bash", "run_shell_command");

    /// <summary>A call that writes a file; null when no tool can.</summary>
    public ScriptedTool? Write(string path, string content)
    {
        if (Writer is { } writer)
        {
            return new(writer.Name, new JsonObject
            {
                [PathOf(writer)] = path,
                [writer.FirstOf("content", "contents", "file_text", "text") ?? "content"] = content,
            }.ToJsonString());
        }

        var end = content.EndsWith('\n') ? string.Empty : "\n";
        return Run($"mkdir -p \"$(dirname {Quoted(path)})\" && cat > {Quoted(path)} <<'{EndOfFile}'\n{content}{end}{EndOfFile}");
    }

    /// <summary>A call that reads a file; null when no tool can.</summary>
    public ScriptedTool? Read(string path) => Reader is { } reader
        ? new(reader.Name, new JsonObject { [PathOf(reader)] = path }.ToJsonString())
        : Run($"cat {Quoted(path)}");

    /// <summary>A call that looks what there is, as a worker does first; null when no tool can.</summary>
    public ScriptedTool? Look(string root)
    {
        if (Find("Glob", "glob") is { } glob)
        {
            var input = new JsonObject { ["pattern"] = "*" };
            input[glob.FirstOf("path", "dir_path", "directory") ?? "path"] = root;
            return new(glob.Name, input.ToJsonString());
        }

        if (Find("LS", "ls", "list", "list_directory") is { } list)
        {
            return new(list.Name, new JsonObject { [list.FirstOf("path", "dir_path") ?? "path"] = root }.ToJsonString());
        }

        return Shell is null ? Read(root) : Run($"ls -la {Quoted(root)}");
    }

    /// <summary>A call as it is offered: a canonical name that is not offered becomes its equal, anything else stays.</summary>
    public ScriptedTool Resolve(ScriptedTool tool)
    {
        if (offered.Any(o => o.Name == tool.Name) || JsonNode.Parse(tool.Input) is not JsonObject input)
        {
            return tool;
        }

        string? Text(params ReadOnlySpan<string> names)
        {
            foreach (var name in names)
            {
                if (input[name] is JsonValue value && value.TryGetValue<string>(out var text))
                {
                    return text;
                }
            }

            return null;
        }

        var path = Text("file_path", "filePath", "path");
        return tool.Name switch
        {
            "Write" when path is not null && Text("content") is { } content => Write(path, content),
            "Read" when path is not null => Read(path),
            "Bash" when Text("command") is { } command => Run(command),
            _ => null,
        } ?? tool;
    }

    private ScriptedTool? Run(string command)
    {
        if (Shell is not { } shell)
        {
            return null;
        }

        var name = shell.FirstOf("cmd", "command") ?? "command";
        var input = new JsonObject { [name] = shell.TakesList(name) ? new JsonArray("sh", "-c", command) : command };
        if (shell.FirstOf("description") is { } description)
        {
            input[description] = "Rehearsed";
        }

        return new(shell.Name, input.ToJsonString());
    }

    private OfferedTool? Find(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (offered.FirstOrDefault(tool => tool.Name == name) is { } tool)
            {
                return tool;
            }
        }

        return null;
    }

    private static string PathOf(OfferedTool tool) => tool.FirstOf("file_path", "filePath", "absolute_path", "path", "filename") ?? "file_path";

    private static string Quoted(string path) => $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
