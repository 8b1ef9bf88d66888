using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Muster.Agents.Scripted;

/// <summary>Reads a script: a YAML mapping from patterns over task ids and step keys, or roles, to what their attempts do.</summary>
public static class ScriptFile
{
    private const int MaxDepth = 32;
    private const int MaxLength = 1 << 20;

    /// <summary>Reads a file.</summary>
    /// <exception cref="ScriptException">It is missing or says something that a script cannot; line and column are named.</exception>
    public static Script Load(string path)
    {
        if (UserFile.WhyNot(path) is { } why)
        {
            throw ScriptException.NoFile(path, why);
        }

        string text;
        try
        {
            if (new FileInfo(path).Length > MaxLength)
            {
                throw ScriptException.Bad(path, 1, 1, $"the script is longer than {MaxLength:N0} bytes");
            }

            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ScriptException.Unreadable(path, e);
        }

        return Parse(text, path);
    }

    /// <summary>Reads a script's text; <paramref name="path"/> is what errors name.</summary>
    public static Script Parse(string text, string path)
    {
        if (text.Length > MaxLength)
        {
            throw ScriptException.Bad(path, 1, 1, $"the script is longer than {MaxLength:N0} characters");
        }

        try
        {
            RequireFlat(text, path);
            var yaml = new YamlStream();
            yaml.Load(new StringReader(text));
            return yaml.Documents.Count == 0 ? Script.Empty : new ScriptReader(path).Read(yaml.Documents[0].RootNode);
        }
        catch (YamlException e)
        {
            throw ScriptException.Bad(path, e.Start.Line, e.Start.Column, e.Message.TrimEnd('.'));
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException) // YamlDotNet says so of some texts.
        {
            throw ScriptException.Bad(path, 1, 1, $"this is not YAML: {e.Message.TrimEnd('.')}");
        }
    }

    /// <summary>Nodes are read by recursion: a text of a million brackets would end the process.</summary>
    private static void RequireFlat(string text, string path)
    {
        var parser = new Parser(new StringReader(text));
        for (var depth = 0; parser.MoveNext();)
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > MaxDepth)
            {
                throw ScriptException.Bad(path, parser.Current.Start.Line, parser.Current.Start.Column, $"it is nested deeper than {MaxDepth} levels");
            }
        }
    }
}
