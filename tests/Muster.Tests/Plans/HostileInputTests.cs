using System.Text;
using CsCheck;
using Muster.Agents.Scripted;
using Muster.Plans;

namespace Muster.Tests.Plans;

/// <summary>Faults 76 to 78 and 81 to 83 by chance: whatever a file holds, it is read or refused by an error that we foresaw, never by another.</summary>
public sealed class HostileInputTests : IDisposable
{
    private static readonly string[] Scraps =
    [
        "{", "}", "[", "]", "[z-a]", "[!]", "{a,", "**", "../", "/", "\\", "&a ", "*a ", "<<: ", "!!int ", "\t", "\0", "\uFEFF", "\u202E", "\uD800", "é", "\r\n", "\r",
        "- ", ": ", "#", "'", "\"", "|", ">", "%", "-1", "0", "1e999", "99999999999999999999", "null", "~", "5m", "{item}", "{item.name}", "{n}", "{{", "foreach: { glob: '**/[b-a]*' }",
        "after: [sec-1]", "limits: { usd: -1 }", "capacity: 0", "id: ", "model: ", "command: []", ",,,", "\"\"", "{\"a\":1,\"a\":2}", "\"\\ud800\"", "[[[[[[[[",
    ];

    private static readonly Gen<string> Scrap = Gen.OneOf(AnyOf(Scraps), Gen.String[Gen.Char, 0, 4]);

    private readonly TempDirectory home = new();
    private int files;

    public void Dispose() => home.Dispose();

    [Theory]
    [InlineData("glob", "'src/*.cs'")]
    [InlineData("jsonl", "items")]
    [InlineData("csv", "items")]
    [InlineData("lines", "items")]
    public void A_damaged_plan_is_read_or_refused_with_its_place(string kind, string source)
    {
        home.File("src/a.cs", "x");
        home.File("items", kind == "jsonl" ? "{\"name\":\"a\"}\n\"b\"\n" : "name,size\na,1\nb,2\n");
        var plan = $"""
            goal: Audit it
            root: .
            limits: {"{"} agents: 20, tokens: 3M, usd: 5, wall: 2h {"}"}
            domains:
              - id: security
                title: Security
                tasks:
                  - id: sec-1
                    task: Look at it
                    scope: ["src/**", "*.cs"]
                    timeout: 5m
                    checks: [merge-markers]
                    model: haiku
                  - foreach: {"{"} {kind}: {source} {"}"}
                    id: item
                    task: Look at "{"{item}"}"
                    after: [sec-1]
                    model: haiku
                    agent: scripted
            """;

        Damaged(plan).Sample(text => Accepts(() => Expand(Written("plan.yaml", text))), iter: 300, threads: 1);
    }

    [Theory]
    [InlineData("jsonl", "{\"name\":\"a\",\"size\":1}\n\"text\"\n{\"name\":null}\n")]
    [InlineData("csv", "name,size\na,1\n\"b, \"\"quoted\"\"\",2\n")]
    [InlineData("lines", "a\nb\n\nc\n")]
    public void A_damaged_file_of_items_is_read_or_refused_with_its_line(string kind, string items)
    {
        var plan = home.File(
            "plan.yaml",
            $"goal: x\ndomains:\n  - id: d\n    tasks:\n      - foreach: {{ {kind}: items }}\n        id: item\n        task: 'Look at {{item}}'\n        model: haiku\n        agent: scripted\n");

        Damaged(items).Sample(
            text =>
            {
                Written("items", text);
                return Accepts(() => Expand(plan));
            },
            iter: 300,
            threads: 1);
    }

    [Fact]
    public void Random_bytes_are_refused_wherever_a_file_is_read() =>
        Gen.Byte.Array[0, 400].Sample(
            bytes =>
            {
                var file = Path.Combine(home.Path, $"random-{files++ % 4}");
                File.WriteAllBytes(file, bytes);
                File.WriteAllBytes(Path.Combine(home.Path, "items"), bytes);
                return Accepts(() => Expand(file)) && Accepts(() => ScriptFile.Load(file));
            },
            iter: 500,
            threads: 1);

    [Fact]
    public void A_damaged_script_is_read_or_refused() =>
        Damaged("t1: [no-file, { fault: half-file, delay: 1s, usage: { input: 5 } }, {}]\n\"long*\": { delay: 1h }\n")
            .Sample(text => Accepts(() => ScriptFile.Parse(text, "script.yaml")), iter: 1_000);

    [Theory]
    [InlineData('[')]
    [InlineData('{')]
    public void A_bomb_of_brackets_is_refused(char bracket)
    {
        var bomb = Written("bomb.yaml", new string(bracket, 200_000));

        Assert.Contains("32", Assert.Throws<ScriptException>(() => ScriptFile.Load(bomb)).Message, StringComparison.Ordinal);
        Assert.True(Accepts(() => Expand(bomb)));
    }

    [Fact]
    public void Any_pattern_is_a_glob_or_refused_and_matching_never_fails() =>
        Gen.Select(Gen.OneOf(Gen.String[Gen.Char["ab*?[]{}!^-,/\\.z"], 0, 14], Gen.String), Gen.String).Sample(
            (pattern, path) => Accepts(() => Glob.Parse(pattern).IsMatch(path)), iter: 4_000);

    [Fact]
    public void Any_text_is_a_duration_or_not_and_what_is_written_is_read_back() =>
        Gen.Select(Gen.OneOf(Gen.String[Gen.Char["0123456789.dhms -+eE"], 0, 12], Gen.String), Gen.Int[0, 31_536_000]).Sample(
            (text, seconds) =>
            {
                var isOne = Duration.TryParse(text, out var read);
                return (!isOne || (read >= TimeSpan.Zero && read <= TimeSpan.FromDays(365)))
                    && Duration.TryParse($"{seconds / 3_600}h{seconds / 60 % 60}m{seconds % 60}s", out var back) && back == TimeSpan.FromSeconds(seconds);
            },
            iter: 4_000);

    private static Gen<string> Damaged(string text) =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, text.Length], Gen.Int[0, 20], Scrap).Array[1, 6].Select(damages =>
        {
            var damaged = text;
            foreach (var (kind, at, length, scrap) in damages)
            {
                var from = Math.Min(at, damaged.Length);
                var to = Math.Min(from + length, damaged.Length);
                damaged = kind switch
                {
                    0 => damaged.Remove(from, to - from),
                    1 => damaged.Insert(from, scrap),
                    2 => damaged[..from] + scrap + damaged[to..],
                    _ => damaged.Insert(to, damaged[from..to]),
                };
            }

            return damaged;
        });

    /// <summary>A lone surrogate has no bytes: it becomes what UTF-8 has for it.</summary>
    private string Written(string name, string text)
    {
        var path = Path.Combine(home.Path, name);
        File.WriteAllBytes(path, Encoding.UTF8.GetBytes(text));
        return path;
    }

    private static void Expand(string path)
    {
        var surroundings = new PlanSurroundings(["inspect", "scripted", "command"], ["merge-markers"]);
#pragma warning disable VSTHRD002 // A property is a plain function.
        var result = PlanFile.LoadAsync(path, surroundings, TestContext.Current.CancellationToken).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
        Assert.True(result.Plan is not null || result.Problems.Length > 0);
        Assert.All(result.Problems, problem => Assert.NotEmpty(problem.NextStep));
        foreach (var task in result.Plan?.Expand() ?? [])
        {
            Assert.NotEmpty(task.Id);
        }
    }

    /// <summary>True when it succeeds or is refused; another exception fails the property and shows its input.</summary>
    private static bool Accepts(Action read)
    {
        try
        {
            read();
        }
        catch (MusterException e)
        {
            Assert.NotEmpty(e.NextStep);
        }

        return true;
    }

    private static Gen<string> AnyOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);
}
