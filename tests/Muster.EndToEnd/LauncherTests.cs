namespace Muster.EndToEnd;

/// <summary>./muster from a checkout: built when it must be, from anywhere, by any name, by two at once.</summary>
public sealed class LauncherTests : IDisposable
{
    private readonly MusterProcess muster = new();

    public void Dispose() => muster.Dispose();

    [Fact]
    public async Task It_builds_once_and_runs_from_anywhere_by_any_link()
    {
        var launcher = await CheckoutAsync();
        File.CreateSymbolicLink(Path.Combine(muster.Home, "link"), Path.GetRelativePath(muster.Home, launcher));
        File.CreateSymbolicLink(Path.Combine(muster.Home, "link of link"), "link");

        foreach (var call in new[] { "'a checkout/muster'", "cd 'a checkout'; ./muster", "./link", "./'link of link'", $"cd /; '{muster.Home}/link'" })
        {
            var result = await muster.RunToolAsync("sh", "-c", call + " one 'two words'");
            Assert.True(result is { ExitCode: 3, Output: "built 1: one|two words|\n" }, result.Output + result.Errors);
        }
    }

    [Fact]
    public async Task It_builds_again_when_a_source_is_newer_or_gone()
    {
        var launcher = await CheckoutAsync();
        await muster.RunToolAsync(launcher);

        muster.Write("a checkout/src/Program.cs", "// edited");
        Assert.StartsWith("built 2", (await muster.RunToolAsync(launcher)).Output, StringComparison.Ordinal);

        File.Delete(Path.Combine(muster.Home, "a checkout/src/Gone.cs"));
        Assert.StartsWith("built 3", (await muster.RunToolAsync(launcher)).Output, StringComparison.Ordinal);
        Assert.StartsWith("built 3", (await muster.RunToolAsync(launcher)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_at_once_on_a_fresh_clone_build_once()
    {
        if (!(await muster.RunToolAsync("sh", "-c", "command -v flock")).Output.Contains("flock", StringComparison.Ordinal))
        {
            Assert.Skip("needs flock");
        }

        var launcher = await CheckoutAsync();

        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => muster.RunToolAsync(launcher, "x")));

        Assert.All(results, result => Assert.True(result is { ExitCode: 3, Output: "built 1: x|\n" }, result.Output + result.Errors));
    }

    [Fact]
    public async Task A_build_that_fails_is_shown_and_tried_again()
    {
        var launcher = await CheckoutAsync();
        muster.Write("a checkout/src/broken", "x");

        var failed = await muster.RunToolAsync(launcher);
        Assert.True(failed.ExitCode == 1 && failed.Errors.Contains("error CS0000", StringComparison.Ordinal), failed.Errors);

        File.Delete(Path.Combine(muster.Home, "a checkout/src/broken"));
        Assert.Equal(3, (await muster.RunToolAsync(launcher)).ExitCode);
    }

    /// <summary>The real launcher in a checkout whose SDK only counts its builds: what is tested is when it is called.</summary>
    private async Task<string> CheckoutAsync()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("muster.cmd leaves it to the SDK");
        }

        muster.Write("a checkout/src/Program.cs", "// source");
        muster.Write("a checkout/src/Gone.cs", "// source");
        muster.Write("a checkout/catalog/audit.yaml", "x");
        muster.Write("a checkout/global.json", "{}");
        var sdk = muster.Write("sdk/dotnet", """
            #!/bin/sh
            cd "$(dirname "$2")/.."
            if [ -e src/broken ]; then echo "error CS0000: broken"; exit 1; fi
            echo x >> builds
            mkdir -p artifacts/bin/Muster.Cli/release
            program=artifacts/bin/Muster.Cli/release/muster
            printf '#!/bin/sh\nprintf "built %s: "\nprintf "%%s|" "$@"\necho\nexit 3\n' "$(wc -l < builds | tr -d ' ')" > $program
            chmod +x $program
            """);
        var launcher = Path.Combine(muster.Home, "a checkout", "muster");
        File.Copy(Path.Combine(Root, "muster"), launcher);
        await muster.RunToolAsync("chmod", "+x", sdk, launcher);
        muster.Variables["PATH"] = Path.GetDirectoryName(sdk) + ":" + Environment.GetEnvironmentVariable("PATH");
        return launcher;
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
}
