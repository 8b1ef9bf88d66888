using System.Security.Cryptography;
using Muster.Artefacts;
using Muster.Git;
using Muster.Plans;

namespace Muster.Cli;

/// <summary>Makes a run of a plan and drives it.</summary>
internal static class NewRun
{
    public static async Task<int> GoAsync(Plan plan, string runs, DriveOptions options, CancellationToken cancellationToken)
    {
        var (engine, progress) = RunDriver.Prepare(options);
        var id = RunDirectory.NewId(TimeProvider.System);
        var tree = await TreeIdentity.ReadAsync(plan.Root, Path.GetFullPath(runs), cancellationToken);
        var estimates = await TaskEstimates.OfAsync(plan, TaskDurations.Find(runs, plan.FileName, plan.Root), cancellationToken);
        var directory = RunDirectory.Create(runs, id);
        var header = plan.ToHeader(id, RandomNumberGenerator.GetInt32(int.MaxValue), tree) with { CoordinatorSeconds = estimates.CoordinatorSeconds };
        RunSession session;
        try
        {
            session = RunSession.Create(directory, header, plan.Text, plan.Expand().Select(estimates.Apply), engine, cancellationToken);
        }
        catch (Exception e) when (e is MusterException or OperationCanceledException)
        {
            Directory.Delete(directory.Path, recursive: true); // Nothing was started; a run that is not planned would only be in the way.
            throw;
        }

        using (session)
        {
            return await RunDriver.GoAsync(session, progress, options, cancellationToken);
        }
    }
}
