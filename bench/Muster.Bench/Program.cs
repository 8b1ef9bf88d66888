using System.Globalization;
using Muster.Bench;

return args switch
{
    ["engine", var tasks, var parallel] => await EngineCost.RunAsync(Number(tasks), Number(parallel)),
    ["commands", var tasks] => await CommandCost.RunAsync(Number(tasks)),
    ["many", var tasks] => await ManyTasks.RunAsync(Number(tasks)),
    ["journal", var events] => await JournalShare.RunAsync(Number(events)),
    ["chat", var parallel, var calls] => await ChatCost.RunAsync(Number(parallel), Number(calls)),
    ["cap", var parallel, var tokens] => await TokenCap.RunAsync(Number(parallel), Number(tokens), 0),
    ["cap", var parallel, var tokens, var length] => await TokenCap.RunAsync(Number(parallel), Number(tokens), Number(length)),
    ["cache"] => await CacheHits.RunAsync(),
    ["worktrees", var modules] => await WorktreeCost.RunAsync(Number(modules)),
    ["builds", var modules] => await BuildCost.RunAsync(Number(modules)),
    ["killed"] => await KilledBuild.RunAsync(),
    ["makespan"] => await Makespan.RunAsync(),
    _ => Help(),
};

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

static int Help()
{
    Console.Error.WriteLine("Muster.Bench engine TASKS PARALLEL | commands TASKS | many TASKS | journal EVENTS | chat PARALLEL CALLS | cap PARALLEL TOKENS [LENGTH] | cache | worktrees MODULES | builds MODULES | killed | makespan");
    return 2;
}
