using Muster.Cli;

return await MusterProgram.RunAsync(args);
