using Muster.Agents.Inspect.Checks;
using Muster.Artefacts;

namespace Muster.Tests.Agents.Inspect.Checks;

public sealed class DependenciesCheckTests() : CheckTest(new DependenciesCheck())
{
    [Fact]
    public async Task Open_versions_branches_and_missing_locks_of_node_are_found_once_per_manifest()
    {
        Write("package.json", "{\n \"dependencies\": {\n  \"a\": \"*\",\n  \"b\": \"latest\",\n  \"c\": \"github:me/c\"\n }\n}\n");

        Assert.Equal(
            [
                ("package.json:3", "dependencies-floating-version"), ("package.json:5", "dependencies-git-url"),
                ("package.json", "dependencies-lock-missing"),
            ],
            await FoundAsync());
    }

    [Fact]
    public async Task Other_manifests_are_found()
    {
        Write("a/requirements.txt", "# all\nflask\nrequests>=2\n");
        Write("b/Cargo.toml", "[package]\nname = \"b\"\n[dependencies]\nserde = \"1\"\n");
        Write("b/src/main.rs", "fn main() {}\n");
        Write("c/go.mod", "module x\nrequire example.com/y v1.0.0\n");
        Write("d/d.csproj", "<Project>\n<PackageReference Include=\"X\" Version=\"1.*\" />\n</Project>\n");
        Write("e/Gemfile", "source 'http://rubygems.org'\ngem 'rails'\n");
        Write("f/pom.xml", "<project><version>1</version>\n<dependency>\n<version>2-SNAPSHOT</version></dependency></project>\n");
        Write("g/composer.json", "{ \"type\": \"project\", \"require\": { \"a/b\": \"dev-master\" } }\n");
        Write("h/.npmrc", "registry=http://npm.example.com\n");

        var findings = await FindingsAsync();

        Assert.Equal(
            [
                ("a/requirements.txt:2", "dependencies-unpinned-requirement"), ("b/Cargo.toml", "dependencies-lock-missing"),
                ("c/go.mod", "dependencies-lock-missing"), ("d/d.csproj:2", "dependencies-floating-version"),
                ("e/Gemfile:1", "dependencies-insecure-registry"), ("e/Gemfile", "dependencies-lock-missing"),
                ("f/pom.xml:3", "dependencies-snapshot-version"), ("g/composer.json:1", "dependencies-floating-version"),
                ("g/composer.json", "dependencies-lock-missing"), ("h/.npmrc:1", "dependencies-insecure-registry"),
            ],
            findings.Select(finding => (finding.Location, finding.Rule!)));
        Assert.Equal(2, findings.Count(finding => finding.Severity == Severity.Major));
    }

    [Fact]
    public async Task Pinned_locked_and_local_manifests_stay_silent()
    {
        Write("yarn.lock", "");
        Write("pkg/package.json", "{ \"dependencies\": { \"a\": \"^1\", \"b\": \"workspace:*\", \"c\": \"github:me/c#v1\" }, \"peerDependencies\": { \"d\": \"*\" } }");
        Write("requirements.txt", "flask==1.0\nrequests~=2.0 ; python_version > '3'\n-r other.txt\nx @ https://example.com/x.whl\n");
        Write("lib/Cargo.toml", "[package]\n[dependencies]\nserde = \"1\"\n");
        Write("go.mod", "module x\n");
        Write("a.csproj", "<Project>\n<PackageReference Include=\"X\" Version=\"1.0.0\" />\n<Compile Include=\"*.cs\" />\n</Project>\n");
        Write(".npmrc", "registry=http://localhost:4873\n");
        Write("pom.xml", "<project><url>http://example.com</url><version>2-SNAPSHOT</version><dependency><version>2-SNAPSHOT</version></dependency></project>");

        Assert.Empty(await FoundAsync());
    }

    [Fact]
    public async Task Hostile_manifests_do_not_crash()
    {
        Write("package.json", new string('[', 10_000));
        Write("composer.json", "[]");
        Write("pom.xml", string.Concat(Enumerable.Repeat("<dependency>", 10_000)));

        Assert.Empty(await FoundAsync());
    }
}
