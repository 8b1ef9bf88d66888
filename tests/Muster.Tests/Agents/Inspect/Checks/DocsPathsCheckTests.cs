using Muster.Agents.Inspect.Checks;

namespace Muster.Tests.Agents.Inspect.Checks;

public sealed class DocsPathsCheckTests() : CheckTest(new DocsPathsCheck())
{
    [Fact]
    public async Task Files_and_commands_that_do_not_exist_are_found_once()
    {
        Write("package.json", "{ \"scripts\": { \"build\": \"x\" } }");
        Write("Makefile", "all:\n\techo\n");
        Write("src/a.py", "x\n");
        Write("README.md", "The core is `src/core.py`.\n\n```sh\n./setup.sh --fast\n$ npm run lint\nmake deploy\n```\n\nRun `make deploy`.\n");

        Assert.Equal(
            [
                ("README.md:1", "docs-paths-missing-file"), ("README.md:4", "docs-paths-missing-file"),
                ("README.md:5", "docs-paths-node-script"), ("README.md:6", "docs-paths-make-target"),
            ],
            await FoundAsync());
    }

    [Fact]
    public async Task What_exists_stays_silent()
    {
        Write("package.json", "{ \"scripts\": { \"build\": \"x\" } }");
        Write("Makefile", "all:\n\techo\n");
        Write("scripts/setup.sh", "x\n");
        Write("README.md", "`scripts/setup.sh` `npm run build` `make all`\n\n```bash\n./scripts/setup.sh\nnpm run build -- --fast\nmake all\n```\n");

        Assert.Empty(await FoundAsync());
    }

    [Fact]
    public async Task What_may_exist_elsewhere_stays_silent()
    {
        Write("src/a.py", "x\n");
        Write("README.md", """
            Create `src/mine.py`. See `other/lib.py`, `src/*.py`, `make sure`, `npm run x`.

            ```sh
            git clone https://example.com/x && cd x
            ./install.sh
            ```

            ```python
            ./none.sh
            ```
            """);
        Write("CHANGELOG.md", "`src/gone.py` went.\n");

        Assert.Empty(await FoundAsync());
    }

    [Fact]
    public async Task Hostile_input_does_not_crash()
    {
        Write("package.json", "{ \"scripts\": [1] }");
        Write("README.md", string.Concat(Enumerable.Repeat("> ", 5_000)) + "`npm run x`\n");

        Assert.Empty(await FoundAsync());
    }
}
