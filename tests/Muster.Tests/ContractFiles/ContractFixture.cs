using System.Text.Json;
using Muster.Contracts;

namespace Muster.Tests.ContractFiles;

/// <summary>A directory of contracts without a fault, for a test to break.</summary>
internal sealed class ContractFixture : IDisposable
{
    private readonly TempDirectory directory = new();

    public ContractFixture()
    {
        Write("architecture.md", "# Billing\n\nVersion: 3\n\nThree modules; see [auth](interfaces/auth.interface.md).\n");
        Write("modules.json", Modules("auth", "billing:auth", "web:auth,billing"));
        Write("interfaces/shared-types.md", "# Shared types\n\nMoney is a whole number of cents.\n");
        foreach (var name in (string[])["auth", "billing", "web"])
        {
            Write($"interfaces/{name}.interface.md", $"# {name}\n\nDecided in 001-token-format.md.\n");
        }

        Write("decisions/001-token-format.md", Decision().ToMarkdown());
        Write("locks.json", """
            {
              "locks": [
                { "id": "interfaces/auth.interface.md", "locked_by": "auth", "lock_level": "locked", "affects": ["billing"], "assertion": "Tokens are RS256.", "locked_at": "2026-11-25T09:00:00Z" },
                { "id": "decisions/001-token-format.md", "locked_by": "architect", "lock_level": "critical", "affects": ["*"], "assertion": "Tokens live 15 minutes.", "locked_at": "2026-11-25T09:00:00Z" }
              ],
              "audit": [
                { "at": "2026-11-25T09:00:00Z", "by": "auth", "id": "interfaces/auth.interface.md", "to": "locked", "because": "billing waits for it" }
              ]
            }
            """);
    }

    public string Path => directory.Path;

    public static DecisionRecord Decision(int number = 1, string topic = "token-format") => new(
        number, topic, "Tokens are JWTs", "accepted", "Somebody has to sign.", "RS256.\n\n### Why\n\nKeys rotate.", "- opaque tokens: a call each", "Keys are published.", ["auth", "billing"]);

    /// <summary>modules.json of modules given as <c>name</c> or <c>name:needed,needed</c>, orders as given.</summary>
    public static string Modules(params string[] modules)
    {
        var names = modules.Select(m => m.Split(':')[0]).ToList();
        return JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["project"] = "billing-platform",
            ["modules"] = modules.Select(m => new Dictionary<string, object>
            {
                ["name"] = m.Split(':')[0],
                ["description"] = "Does its part",
                ["depends_on"] = m.Contains(':', StringComparison.Ordinal) ? m.Split(':')[1].Split(',') : [],
                ["interface"] = $"interfaces/{m.Split(':')[0]}.interface.md",
                ["builder_model"] = "sonnet",
                ["estimated_complexity"] = "low",
                ["test_command"] = "npm test -- --dir 'src/my app'",
                ["paths"] = new[] { $"src/{m.Split(':')[0]}/" },
            }).ToList(),
            ["build_order"] = names,
            ["assembly_order"] = names,
        });
    }

    public string Write(string path, string text) => directory.File(path, text);

    /// <summary>Replaces a piece of a file, which must be there.</summary>
    public void Change(string path, string old, string @new)
    {
        var file = System.IO.Path.Combine(Path, path);
        var text = File.ReadAllText(file);
        Assert.Contains(old, text, StringComparison.Ordinal);
        File.WriteAllText(file, text.Replace(old, @new, StringComparison.Ordinal));
    }

    public ContractSet Read() => ContractSet.Read(Path);

    public string Problems() => string.Join('\n', Read().Problems);

    public void Dispose() => directory.Dispose();
}
