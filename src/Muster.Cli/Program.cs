using Muster.Cli;

return args is [KeeperCommand.Name, var runDirectory] ? await KeeperCommand.RunAsync(runDirectory) : await MusterProgram.RunAsync(args);
