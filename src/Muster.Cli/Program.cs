using Muster.Cli;

if (args is ["keeper", var runDirectory])
{
    return KeeperCommand.Run(runDirectory); // Before anything else loads, and on the main thread.
}

StandardStreams.Open();
return await MusterProgram.RunAsync(args);
