using System.Diagnostics;

namespace Muster.Tests;

/// <summary>Judges YAML by a schema for editors with a validator of another ecosystem, Python's jsonschema.</summary>
internal static class SchemaJudge
{
    /// <summary>Days are texts, as in YAML 1.2: PyYAML's own reading of them is switched off.</summary>
    private const string Validate =
        "import sys, json, yaml, jsonschema\n"
        + "class Loader(yaml.SafeLoader): pass\n"
        + "Loader.yaml_implicit_resolvers = {k: [r for r in v if not r[0].endswith('timestamp')] for k, v in yaml.SafeLoader.yaml_implicit_resolvers.items()}\n"
        + "schema = json.load(open(sys.argv[1]))\n"
        + "jsonschema.Draft202012Validator.check_schema(schema)\n"
        + "errors = list(jsonschema.Draft202012Validator(schema).iter_errors(yaml.load(open(sys.argv[2]), Loader)))\n"
        + "print('\\n'.join(e.message for e in errors))\n"
        + "sys.exit(1 if errors else 0)\n";

    /// <summary>The root of the repository.</summary>
    public static string Root
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

    /// <summary>The validator's exit code and what it said; skips the test where there is none.</summary>
    public static (int ExitCode, string Output) Judge(TempDirectory home, string schema, string yaml)
    {
        var python = new[] { "python3", "/usr/bin/python3" }.FirstOrDefault(p => Run(p, "-c", "import yaml, jsonschema").ExitCode == 0);
        if (python is null)
        {
            Assert.Skip("needs python3 with jsonschema and yaml (Debian: python3-jsonschema python3-yaml)");
        }

        return Run(python, home.File("validate.py", Validate), home.File("schema.json", schema), home.File("judged.yaml", yaml));
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
