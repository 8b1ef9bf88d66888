using Muster.Bench;

return args switch
{
    ["engine", var tasks] => await EngineCost.RunAsync(int.Parse(tasks, System.Globalization.CultureInfo.InvariantCulture)),
    ["makespan", ..] => await Makespan.RunAsync(),
    _ => Help(),
};

static int Help()
{
    Console.Error.WriteLine("Muster.Bench engine TASKS | makespan");
    return 2;
}
