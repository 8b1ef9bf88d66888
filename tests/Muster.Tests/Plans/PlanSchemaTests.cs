using System.Diagnostics;
using Muster.Plans;

namespace Muster.Tests.Plans;

/// <summary>The schema for editors is judged by a validator of another ecosystem, Python's jsonschema.</summary>
public sealed class PlanSchemaTests : IDisposable
{
    private const string Validate =
        "import sys, json, yaml, jsonschema\n"
        + "schema = json.load(open(sys.argv[1]))\n"
        + "jsonschema.Draft202012Validator.check_schema(schema)\n"
        + "errors = list(jsonschema.Draft202012Validator(schema).iter_errors(yaml.safe_load(open(sys.argv[2]))))\n"
        + "print('\\n'.join(e.message for e in errors))\n"
        + "sys.exit(1 if errors else 0)\n";

    private readonly TempDirectory home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public void The_plans_that_we_ship_fit_the_schema()
    {
        var plans = Catalog.Names.Select(Catalog.TextOf).Append(Example());

        Assert.All(plans, plan => Assert.Equal((0, string.Empty), Judge(plan)));
    }

    [Theory]
    [InlineData("domains: []", "goal: x")]
    [InlineData("goal: x", "gaol: y")]
    [InlineData("goal: x\ndomains:\n  - id: UPPER\n    tasks: [{id: a, task: b, model: haiku}]", "")]
    [InlineData("goal: x\ndomains:\n  - id: d\n    tasks: [{id: a, task: b}]", "")]
    public void A_plan_that_is_refused_does_not_fit_it(string yaml, string more) => Assert.Equal(1, Judge(yaml + "\n" + more).ExitCode);

    /// <summary>The validator would notice a schema that lets more through: unknown keys, missing ones, other ids.</summary>
    [Theory]
    [InlineData("\"additionalProperties\": false", "\"additionalProperties\": true", "goal: x\ngaol: y\ndomains:\n  - id: d\n    tasks: [{id: a, task: b, model: haiku}]")]
    [InlineData("\"required\"", "\"x-required\"", "goal: x")]
    [InlineData("\"pattern\"", "\"x-pattern\"", "goal: x\ndomains:\n  - id: UPPER\n    tasks: [{id: a, task: b, model: haiku}]")]
    public void A_loosened_schema_lets_through_what_ours_refuses(string strict, string loose, string plan)
    {
        var schema = File.ReadAllText(Path.Combine(Root, "docs", "plan.schema.json"));

        Assert.Equal(1, Judge(plan).ExitCode);
        Assert.Equal((0, string.Empty), Judge(plan, schema.Replace(strict, loose, StringComparison.Ordinal)));
    }

    private static string Example()
    {
        var docs = Path.Combine(Root, "docs", "plans.md");
        return string.Join('\n', File.ReadLines(docs).SkipWhile(l => !l.StartsWith("    goal:", StringComparison.Ordinal))
            .TakeWhile(l => l.Length == 0 || l.StartsWith("    ", StringComparison.Ordinal)).Select(l => l.Length > 4 ? l[4..] : l));
    }

    private static string Root
    {
        get
        {
            var root = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(root, "Muster.slnx")))
            {
                root = Path.GetDirectoryName(root)!;
            }

            return root;
        }
    }

    private (int ExitCode, string Output) Judge(string plan, string? schema = null)
    {
        var python = new[] { "python3", "/usr/bin/python3" }.FirstOrDefault(p => Run(p, "-c", "import yaml, jsonschema").ExitCode == 0);
        if (python is null)
        {
            Assert.Skip("needs python3 with jsonschema and yaml (Debian: python3-jsonschema python3-yaml)");
        }

        return Run(python, home.File("validate.py", Validate), schema is null ? Path.Combine(Root, "docs", "plan.schema.json") : home.File("schema.json", schema), home.File("plan.yaml", plan));
    }

    private static (int ExitCode, string Output) Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output.Trim());
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (-1, string.Empty);
        }
    }
}
