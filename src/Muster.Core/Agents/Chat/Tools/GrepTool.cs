using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;
using Muster.Agents.Inspect;
using Muster.Artefacts;

namespace Muster.Agents.Chat.Tools;

/// <summary>Grep: lines that match, with their places.</summary>
/// <remarks>The pattern is a model's, so it is matched without backtracking, in linear time; where it needs backtracking, under a time limit.</remarks>
internal sealed class GrepTool(PathGuard guard, SourceTrees trees, int mostCharacters) : IChatTool
{
    private const int MostMatches = 500;
    private static readonly TimeSpan LineLimit = TimeSpan.FromMilliseconds(250);
    private static readonly AIFunctionDeclaration Told = ToolSchema.Declare(
        "Grep",
        "Searches the files in scope line by line with a regular expression and returns path:line:text. Binary files are left out.",
        """
        {"pattern":{"type":"string","description":"A .NET regular expression, or plain text with literal."},
        "path":{"type":"string","description":"A file, or a directory to look beneath; the root unless given."},
        "glob":{"type":"string","description":"Only files whose path matches, for example *.py."},
        "literal":{"type":"boolean","description":"The pattern is plain text."},
        "ignore_case":{"type":"boolean"},
        "files_only":{"type":"boolean","description":"Only the paths of files that have a match."}}
        """,
        "pattern");

    /// <inheritdoc/>
    public AIFunctionDeclaration Declaration => Told;

    /// <inheritdoc/>
    public bool OnlyReads => true;

    /// <inheritdoc/>
    public async Task<string> RunAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var regex = Parse(arguments.Text("pattern"), arguments.Flag("literal"), arguments.Flag("ignore_case"));
        var filesOnly = arguments.Flag("files_only");
        var files = await SearchedFiles.ListAsync(guard, trees, arguments.TextOrNull("glob"), arguments.TextOrNull("path"), cancellationToken);
        try
        {
            return Search(files, regex, filesOnly, cancellationToken);
        }
        catch (RegexMatchTimeoutException)
        {
            throw new ToolException("The pattern takes too long to match; write it without nested repetition, or search for plain text.");
        }
    }

    private string Search(SearchedFiles searched, Regex regex, bool filesOnly, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var (matches, partly) = (0, 0);
        var files = searched.Files;
        for (var i = 0; i < files.Count; i++)
        {
            var file = files[i];
            using var handle = BeneathFile.TryOpen(searched.Directory, file.Path, mayBeHardLinked: true, out _);
            if (handle is null || TextLines.IsBinary(handle))
            {
                continue; // A link, a pipe, gone since the listing, or no text.
            }

            partly += file.Length > TextLines.MostBytes ? 1 : 0;
            var number = 0;
            foreach (var line in TextLines.Read(handle, cancellationToken))
            {
                number++;
                if (!regex.IsMatch(line))
                {
                    continue;
                }

                var found = filesOnly ? searched.NameOf(file) : string.Create(CultureInfo.InvariantCulture, $"{searched.NameOf(file)}:{number}:{line}");
                if (++matches > MostMatches || text.Length + found.Length > mostCharacters)
                {
                    return text.Append(CultureInfo.InvariantCulture, $"[cut: more lines match, in this and perhaps in {files.Count - i - 1:N0} further files; narrow it by path, glob or pattern]\n").ToString();
                }

                text.Append(found).Append('\n');
                if (filesOnly)
                {
                    break;
                }
            }
        }

        text.Append(matches == 0 ? $"[no match in {files.Count:N0} files]\n" : string.Empty);
        return text.Append(partly == 0 ? string.Empty : $"[{partly:N0} files are longer than {TextLines.MostBytes:N0} bytes and were searched only so far]\n").ToString();
    }

    private static Regex Parse(string pattern, bool literal, bool ignoreCase)
    {
        var options = RegexOptions.CultureInvariant | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None);
        var text = literal ? Regex.Escape(pattern) : pattern;
        try
        {
            return new(text, options | RegexOptions.NonBacktracking);
        }
        catch (NotSupportedException)
        {
            return new(text, options, LineLimit); // A look-around or back-reference.
        }
        catch (ArgumentException e)
        {
            throw new ToolException($"The pattern is no regular expression: {e.Message} To search for plain text, set literal.");
        }
    }
}
