using System.Runtime.InteropServices;
using Muster.Loopback;

if (!ProgramArguments.TryRead(args, out var arguments, out var why))
{
    await Console.Error.WriteLineAsync($"{why}\n{ProgramArguments.Usage}");
    return 2;
}

try
{
    await using var server = await ModelServer.StartAsync(arguments);
    Console.WriteLine(ClientSettings.For(server.Address));
    using var ended = new SemaphoreSlim(0);
    void End(PosixSignalContext context)
    {
        context.Cancel = true;
        ended.Release();
    }

    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
    await ended.WaitAsync();
    Console.WriteLine($"{server.Answered:N0} requests, at most {server.MostInFlight:N0} at once.");
    return 0;
}
catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
{
    await Console.Error.WriteLineAsync($"Port {arguments.Port} is taken. Give another with --port, or 0 for a free one.");
    return 2;
}
