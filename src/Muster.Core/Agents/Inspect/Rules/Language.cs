namespace Muster.Agents.Inspect.Rules;

/// <summary>The little of a file's language that a look at its text needs.</summary>
/// <param name="LineComments">What begins a comment that ends with its line.</param>
/// <param name="HasBlockComments">Whether <c>/* … */</c> is a comment.</param>
/// <param name="Quotes">Characters that begin and end a string.</param>
/// <param name="HasTripleQuotes">Whether strings may begin with three quotes and go over lines.</param>
internal sealed record Language(string[] LineComments, bool HasBlockComments, string Quotes, bool HasTripleQuotes = false)
{
    private static readonly Language C = new(["//"], HasBlockComments: true, "\"'");
    private static readonly Language Script = new(["//"], HasBlockComments: true, "\"'`");
    private static readonly Language CSharp = new(["//"], HasBlockComments: true, "\"'", HasTripleQuotes: true);
    private static readonly Language Rust = new(["//"], HasBlockComments: true, "\"");
    private static readonly Language Python = new(["#"], HasBlockComments: false, "\"'", HasTripleQuotes: true);
    private static readonly Language Ruby = new(["#"], HasBlockComments: false, "\"'");
    private static readonly Language Php = new(["//", "#"], HasBlockComments: true, "\"'");
    private static readonly Language Hash = new(["#"], HasBlockComments: false, string.Empty);
    private static readonly Language Sql = new(["--"], HasBlockComments: true, string.Empty);
    private static readonly Language Markup = new(["<!--"], HasBlockComments: false, string.Empty);
    private static readonly Language Ini = new(["#", ";"], HasBlockComments: false, string.Empty);
    private static readonly Language Batch = new(["::", "REM ", "rem "], HasBlockComments: false, string.Empty);
    private static readonly Language Plain = new([], HasBlockComments: false, string.Empty);

    /// <summary>The language of a file, by its extension; plain text when it is not known.</summary>
    public static Language Of(SourceFile file) => file.Extension switch
    {
        ".cs" => CSharp,
        ".py" or ".pyi" or ".pyw" => Python,
        ".js" or ".jsx" or ".mjs" or ".cjs" or ".ts" or ".tsx" or ".mts" or ".cts" or ".go" or ".vue" or ".svelte" or ".dart" => Script,
        ".rs" => Rust,
        ".java" or ".kt" or ".kts" or ".scala" or ".groovy" or ".gradle" or ".swift"
            or ".c" or ".h" or ".cc" or ".cpp" or ".cxx" or ".hpp" or ".hh" or ".m" or ".mm" or ".css" or ".scss" => C,
        ".php" => Php,
        ".rb" or ".rake" or ".ex" or ".exs" => Ruby,
        ".sh" or ".bash" or ".zsh" or ".ksh" or ".yml" or ".yaml" or ".toml" or ".env" or ".tf" or ".pl" or ".pm" or ".ps1" or ".r" or ".mk" => Hash,
        ".sql" or ".lua" or ".hs" => Sql,
        ".html" or ".htm" or ".xml" or ".csproj" or ".props" or ".config" or ".xaml" or ".cshtml" => Markup,
        ".ini" or ".cfg" or ".properties" or ".conf" => Ini,
        ".bat" or ".cmd" => Batch,
        _ when file.Name is "Dockerfile" or "Makefile" or "Gemfile" or "Rakefile" or ".env" or ".gitattributes" => Hash,
        _ => Plain,
    };
}
