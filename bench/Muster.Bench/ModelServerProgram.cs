using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Muster.Bench;

/// <summary>The loopback model server as a program of its own, so that its processor time and memory are not counted as the client's.</summary>
internal sealed partial class ModelServerProgram : IDisposable
{
    private readonly Process process;

    private ModelServerProgram(Process process, Uri address) => (this.process, Address) = (process, address);

    public Uri Address { get; }

    public static async Task<ModelServerProgram> StartAsync(params IEnumerable<string> arguments)
    {
        var process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Muster.ModelServer"), ["--port", "0", .. arguments])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The model server ended before it listened.");
        return new(process, new(AddressPattern().Match(line).Value));
    }

    /// <summary>Ends it.</summary>
    /// <returns>Requests it had, and the most at once.</returns>
    public async Task<(int Requests, int Most)> StopAsync()
    {
        MusterProgram.Run("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        var numbers = CountPattern().Matches((await process.StandardOutput.ReadToEndAsync()).TrimEnd().Split('\n')[^1]);
        await process.WaitForExitAsync();
        return (Number(numbers[0].Value), Number(numbers[1].Value));
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    [GeneratedRegex("http://[0-9.]+:[0-9]+")]
    private static partial Regex AddressPattern();

    [GeneratedRegex("[0-9][0-9,]*")]
    private static partial Regex CountPattern();
}
