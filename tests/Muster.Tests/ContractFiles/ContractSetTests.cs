using System.Diagnostics;
using Muster.Contracts;

namespace Muster.Tests.ContractFiles;

public sealed class ContractSetTests : IDisposable
{
    private readonly ContractFixture contracts = new();

    public void Dispose() => contracts.Dispose();

    [Fact]
    public void Good_contracts_become_a_blueprint_that_travels_as_json()
    {
        var set = contracts.Read();

        Assert.Empty(set.Problems);
        var blueprint = set.Blueprint!;
        Assert.Equal(("billing-platform", 3), (blueprint.Project, blueprint.Modules.Length));
        Assert.Equal(["npm", "test", "--", "--dir", "src/my app"], blueprint.Find("auth")!.TestCommand);
        Assert.Equal(["billing", "web"], blueprint.DependantsOf("auth"));
        Assert.Equal(["architecture.md", "decisions/001-token-format.md", "interfaces/auth.interface.md", "interfaces/billing.interface.md", "interfaces/shared-types.md"], blueprint.ContractsFor("billing").Select(c => c.Path));
        Assert.Equal(3, set.Find("architecture.md")!.Stamp.Version);
        Assert.Equal(2, set.NextDecision);
        Assert.True(blueprint.Find("auth")!.Owns("src/auth/deep/a.cs"));
        Assert.False(blueprint.Find("auth")!.Owns("src/authority.cs"));
        var copy = Blueprint.FromJson(blueprint.ToJson());
        Assert.Equal(blueprint.ToJson(), copy.ToJson());
        Assert.Equal(Assert.Single(blueprint.AssertionsFor("billing")), Assert.Single(copy.AssertionsFor("billing")));
        Assert.Equal(["decisions/001-token-format.md"], copy.ContractsFor("auth").Select(c => c.Path).Except(copy.ContractsFor("web").Select(c => c.Path)));
        Assert.Equal((blueprint.ContractsHash, blueprint.Modules[1].Paths[0]), (copy.ContractsHash, copy.Modules[1].Paths[0]));
    }

    [Fact]
    public void What_a_lock_asserts_is_told_to_those_that_it_affects_and_to_nobody_else()
    {
        var before = contracts.Read().Blueprint!;

        contracts.Change("locks.json", "Tokens are RS256.", "Tokens are ES256.");

        var after = contracts.Read().Blueprint!;
        Assert.Equal(["billing"], after.Modules.Select(m => m.Name).Where(name => !before.AssertionsFor(name).SequenceEqual(after.AssertionsFor(name))));
    }

    [Fact]
    public void The_hash_changes_with_any_contract_and_with_nothing_else()
    {
        var before = contracts.Read().Blueprint!.ContractsHash;

        Assert.Equal(before, contracts.Read().Blueprint!.ContractsHash);
        contracts.Change("interfaces/shared-types.md", "cents", "mills");
        Assert.NotEqual(before, contracts.Read().Blueprint!.ContractsHash);
    }

    [Fact]
    public void All_problems_are_told_at_once_each_at_its_place()
    {
        contracts.Write("modules.json", """
            {
              "project": "p", "owner": "me",
              "modules": [
                { "name": "auth", "description": "d", "depends_on": ["nobody"], "interface": "auth.md",
                  "builder_model": "gpt-99", "estimated_complexity": "huge", "paths": ["../up/"], "paths": [] }
              ],
              "build_order": ["auth", "auth"], "assembly_order": []
            }
            """);
        contracts.Change("decisions/001-token-format.md", "## Alternatives", "## Others");

        var problems = contracts.Problems();

        foreach (var expected in (string[])[
            "modules.json:2:19: error: 'owner' is no key of modules.json.",
            "modules.json:4:58: error: Module 'auth' depends on 'nobody', and there is no such module.",
            "modules.json:4:82: error: The interface of module 'auth' is not 'auth.md'. Write \"interfaces/auth.interface.md\".",
            "modules.json:5:24: error: 'gpt-99' is no tier of models. Write one of: haiku, sonnet, opus.",
            "'huge' is no complexity",
            "modules.json:5:76: error: The path '../up/' cannot be a module's: it leads out of the project",
            "modules.json:5:87: error: The key 'paths' is given twice; it stands at line 5 already.",
            "modules.json:7:18: error: 'build_order' names 'auth' 2 times.",
            "'assembly_order' leaves out: auth.",
            "interfaces/billing.interface.md: error: This is the interface of 'billing', and there is no such module.",
            "error: 'Others' is no section of a decision.",
            "decisions/001-token-format.md: error: The section 'Alternatives' is missing.",
            "locks.json:3:"])
        {
            Assert.Contains(expected, problems, StringComparison.Ordinal);
        }

        Assert.Null(contracts.Read().Blueprint);
    }

    [Theory]
    [InlineData("auth:web", "These modules depend on one another: auth → web → auth.")]
    [InlineData("auth:auth", "Module 'auth' depends on itself.")]
    [InlineData("auth:billing,billing", "names 'billing' twice")]
    [InlineData("auth:billing", "'build_order' has 'auth' before 'billing', which it depends on. Put 'billing' first.")]
    public void Dependencies_have_no_cycle_and_orders_keep_to_them(string auth, string expected)
    {
        contracts.Write("modules.json", ContractFixture.Modules(auth, "billing", auth == "auth:web" ? "web:auth" : "web"));

        Assert.Contains(expected, contracts.Problems(), StringComparison.Ordinal);
    }

    /// <summary>Names become branches, directories and arguments.</summary>
    [Theory]
    [InlineData("--upload-pack", "begins with '-'")]
    [InlineData("../auth", "is not of that form")]
    [InlineData("Auth", "is not of that form")]
    [InlineData("auth.lock", "is not of that form")]
    [InlineData("auth\n", "is not of that form")]
    [InlineData("integration", "is a name that is kept")]
    [InlineData("human", "is a name that is kept")]
    [InlineData("nul", "is a name that is kept")]
    public void A_name_that_could_be_taken_for_something_else_is_refused(string name, string why)
    {
        contracts.Write("modules.json", ContractFixture.Modules("auth", "billing", "web", name));

        Assert.Contains($"cannot be a module's name: it {why}", contracts.Problems(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/etc/")]
    [InlineData("C:/x/")]
    [InlineData("src/../../x")]
    [InlineData("./src/")]
    [InlineData("src//x")]
    [InlineData("src/**")]
    [InlineData(".git/hooks/")]
    [InlineData("src/.GIT/")]
    [InlineData("src/git~1/")]
    [InlineData("src/.g\u200Bit/")]
    [InlineData(".git. /x")]
    [InlineData(".gitmodules")]
    [InlineData(".orchestration/contracts/")]
    [InlineData("src\\auth")]
    [InlineData("")]
    public void A_path_that_leads_out_or_to_what_is_git_s_is_refused(string path)
    {
        contracts.Write("modules.json", ContractFixture.Modules("auth", "billing", "web").Replace("\"src/web/\"", System.Text.Json.JsonSerializer.Serialize(path), StringComparison.Ordinal));

        Assert.Contains("modules.json:1:", contracts.Problems(), StringComparison.Ordinal);
        Assert.Null(contracts.Read().Blueprint);
    }

    [Theory]
    [InlineData("src/auth/login/", "The path 'src/auth/login/' of module 'web' lies in 'src/auth/' of module 'auth' (line 1).")]
    [InlineData("SRC/AUTH/a.cs", "lies in 'src/auth/' of module 'auth'")]
    [InlineData("src/", "The path 'src/auth/' of module 'auth' lies in 'src/' of module 'web'")]
    [InlineData("src/auth", "lies in")]
    public void No_file_belongs_to_two_modules(string path, string expected)
    {
        contracts.Write("modules.json", ContractFixture.Modules("auth", "billing", "web").Replace("src/web/", path, StringComparison.Ordinal));

        Assert.Contains(expected, contracts.Problems(), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_only_begin_alike_are_no_overlap()
    {
        contracts.Write("modules.json", ContractFixture.Modules("auth", "billing", "web").Replace("src/web/", "src/auth-web/", StringComparison.Ordinal));

        Assert.Empty(contracts.Read().Problems);
    }

    [Theory]
    [InlineData("npm test && curl evil", "has '&' outside of quotes")]
    [InlineData("FOO=1 npm test", "begins with a variable")]
    [InlineData("npm 'test", "has a quote (') that is not closed")]
    [InlineData("$(id)", "has '$' outside of quotes")]
    [InlineData("-rf /", "begins with an option")]
    public void A_test_command_that_needs_a_shell_is_refused(string command, string why)
    {
        contracts.Change("modules.json", "npm test -- --dir \\u0027src/my app\\u0027", command.Replace("\"", "\\\"", StringComparison.Ordinal));

        Assert.Contains($"This command cannot be run: it {why}", contracts.Problems(), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_hundred_modules_are_read()
    {
        var modules = Enumerable.Range(0, 200).Select(i => i == 0 ? "m0" : $"m{i}:m{i - 1},m{i / 2}".Replace($"m{i - 1},m{i - 1}", $"m{i - 1}", StringComparison.Ordinal)).ToArray();
        contracts.Write("modules.json", ContractFixture.Modules(modules));
        foreach (var name in (string[])["auth", "billing", "web"])
        {
            File.Delete(Path.Combine(contracts.Path, $"interfaces/{name}.interface.md"));
        }

        File.Delete(Path.Combine(contracts.Path, "locks.json"));
        contracts.Change("decisions/001-token-format.md", "Affects: auth, billing", "Affects: m1, m199");
        contracts.Change("architecture.md", "interfaces/auth.interface.md", "interfaces/m0.interface.md");
        foreach (var i in Enumerable.Range(0, 200))
        {
            contracts.Write($"interfaces/m{i}.interface.md", "# One\n");
        }

        var set = contracts.Read();

        Assert.Empty(set.Problems);
        Assert.Equal(200, set.Blueprint!.BuildOrder.Length);
        Assert.True(set.Blueprint.ToJson().Length < 200_000);
    }

    [Fact]
    public void An_interface_of_ten_megabytes_is_refused_and_a_pipe_or_link_is_not_opened()
    {
        contracts.Write("interfaces/auth.interface.md", new string('x', 10 << 20));
        Assert.Contains("interfaces/auth.interface.md: error: It cannot be read: it has 10,485,760 bytes; at most 262,144 are read", contracts.Problems(), StringComparison.Ordinal);

        Replace("interfaces/auth.interface.md", path => Process.Start("mkfifo", [path]).WaitForExit());
        Assert.Contains("interfaces/auth.interface.md: error: It cannot be read: it is not a regular file", contracts.Problems(), StringComparison.Ordinal);

        Replace("interfaces/auth.interface.md", path => File.CreateSymbolicLink(path, "/etc/passwd"));
        Assert.Contains("interfaces/auth.interface.md: error: It cannot be read: it is or goes through a link", contracts.Problems(), StringComparison.Ordinal);

        Directory.Delete(Path.Combine(contracts.Path, "interfaces"), recursive: true);
        Directory.CreateSymbolicLink(Path.Combine(contracts.Path, "interfaces"), "/etc");
        Assert.Contains("interfaces: error: This is a link.", contracts.Problems(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "modules.json:1:2: error: This is not JSON that can be read")]
    [InlineData("[]", "modules.json:1:1: error: This is a list where modules.json belongs.")]
    [InlineData("{\"project\": \"\\ud800\"}", "has half a character")]
    [InlineData("{\"version\": 1.5}", "This version cannot be read.")]
    [InlineData("// c\n{}", "modules.json:1:1: error: This is not JSON")]
    public void Json_of_another_form_is_told_with_its_place(string json, string expected)
    {
        contracts.Write("modules.json", json);

        Assert.Contains(expected, contracts.Problems(), StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_json_ends_no_process()
    {
        contracts.Write("modules.json", "{\"project\":" + new string('[', 400_000));

        Assert.Contains("modules.json:1:", contracts.Problems(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("See [it](interfaces/gone.interface.md).", "architecture.md:7:5: error: The link to 'interfaces/gone.interface.md' leads nowhere.")]
    [InlineData("See [it](../../../etc/passwd).", "leads out of the contracts")]
    [InlineData("As 009-gone.md says.", "architecture.md:7:4: error: '009-gone.md' is named here, and there is no such contract.")]
    public void A_reference_that_leads_nowhere_is_told(string line, string expected)
    {
        contracts.Write("architecture.md", $"# A\n\n```\n[x](gone.md) 008-gone.md\n```\n\n{line}\nAlso [web](https://example.com/a.md) and [above](#a).\n");

        Assert.Contains(expected, contracts.Problems(), StringComparison.Ordinal);
        Assert.Single(contracts.Read().Problems);
    }

    [Fact]
    public void What_does_not_belong_is_refused_and_what_is_missing_is_told()
    {
        File.Delete(Path.Combine(contracts.Path, "architecture.md"));
        File.Delete(Path.Combine(contracts.Path, "interfaces/web.interface.md"));
        contracts.Write("shared-types.md", "# x\n");
        contracts.Write("decisions/1-late.md", "# x\n");
        contracts.Write("decisions/001-again.md", ContractFixture.Decision().ToMarkdown());

        var problems = contracts.Problems();

        Assert.Contains("architecture.md: error: The file is missing.", problems, StringComparison.Ordinal);
        Assert.Contains("Module 'web' has no interface. Write interfaces/web.interface.md.", problems, StringComparison.Ordinal);
        Assert.Contains("shared-types.md: error: Nothing of this name belongs here. Put it at interfaces/shared-types.md.", problems, StringComparison.Ordinal);
        Assert.Contains("decisions/1-late.md: error: Nothing of this name belongs here.", problems, StringComparison.Ordinal);
        Assert.Contains("has the number 001 already", problems, StringComparison.Ordinal);
        Assert.Contains("There is no directory", string.Join('\n', ContractSet.Read(Path.Combine(contracts.Path, "gone")).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Written_contracts_read_as_they_were_and_what_was_there_before_is_gone()
    {
        using var target = new TempDirectory();
        target.File("interfaces/old.interface.md", "# old\n");
        File.CreateSymbolicLink(Path.Combine(target.Path, "architecture.md"), target.File("outside.md", "mine"));
        var set = contracts.Read();

        set.WriteTo(target.Path);
        set.WriteTo(target.Path);

        var copy = ContractSet.Read(target.Path);
        Assert.Empty(copy.Problems);
        Assert.Equal(set.Blueprint!.ContractsHash, copy.Blueprint!.ContractsHash);
    }

    [Fact]
    public void Contracts_are_written_through_no_link_and_not_at_all_when_something_is_wrong()
    {
        using var target = new TempDirectory();
        using var elsewhere = new TempDirectory();
        Directory.CreateSymbolicLink(Path.Combine(target.Path, "interfaces"), elsewhere.Path);

        Assert.Throws<ContractException>(() => contracts.Read().WriteTo(target.Path));
        Assert.Empty(Directory.GetFiles(elsewhere.Path));
        File.Delete(Path.Combine(contracts.Path, "architecture.md"));
        Assert.Throws<ContractException>(() => contracts.Read().WriteTo(elsewhere.Path));
    }

    private void Replace(string path, Action<string> make)
    {
        var file = Path.Combine(contracts.Path, path);
        File.Delete(file);
        make(file);
    }
}
