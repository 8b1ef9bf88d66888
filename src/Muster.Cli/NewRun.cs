using System.Security.Cryptography;
using Muster.Agents.Scripted;
using Muster.Artefacts;
using Muster.Git;
using Muster.Plans;
using Muster.Prompts;

namespace Muster.Cli;

/// <summary>Makes a run of a plan and drives it.</summary>
internal static class NewRun
{
    public static async Task<int> GoAsync(Plan plan, string runs, DriveOptions options, CancellationToken cancellationToken)
    {
        if (plan.Script is { } script)
        {
            _ = ScriptFile.Load(script); // A mistake in it is told before there is a run.
        }

        var prompts = Machine.PromptsFor(plan.Root); // Likewise.
        Machine.RequireAgents(plan.Domains.SelectMany(d => d.Tasks).Select(t => t.Template.Agent).Append(plan.CoordinatorAgent));
        var (engine, progress) = RunDriver.Prepare(options);
        if (!plan.Models.IsEmpty)
        {
            progress.Notice("estimate: " + EstimateWords.Of(PlanEstimate.Of(plan)));
        }

        using var session = await CreateAsync(plan, runs, prompts, engine, cancellationToken);
        return await RunDriver.GoAsync(session, progress, options, cancellationToken);
    }

    /// <summary>Makes the run and launches nothing yet.</summary>
    public static async Task<RunSession> CreateAsync(Plan plan, string runs, RunPrompts prompts, EngineOptions engine, CancellationToken cancellationToken)
    {
        var id = RunDirectory.NewId(TimeProvider.System);
        var tree = await TreeIdentity.ReadAsync(plan.Root, Path.GetFullPath(runs), cancellationToken);
        var estimates = await TaskEstimates.OfAsync(plan, TaskDurations.Find(runs, plan.FileName, plan.Root), cancellationToken);
        var directory = RunDirectory.Create(runs, id);
        var header = plan.ToHeader(id, RandomNumberGenerator.GetInt32(int.MaxValue), tree) with { CoordinatorSeconds = estimates.CoordinatorSeconds };
        try
        {
            return RunSession.Create(directory, header, plan.Text, plan.Expand().Select(estimates.Apply), prompts, engine, cancellationToken);
        }
        catch (Exception e)
        {
            Remove(directory); // Nothing was started; a run that is not planned would only be in the way.
            if (e is IOException or UnauthorizedAccessException)
            {
                throw RunDirectoryException.CannotMake(directory.Path, e);
            }

            throw;
        }
    }

    private static void Remove(RunDirectory directory)
    {
        try
        {
            Directory.Delete(directory.Path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What made the start fail is the thing to tell.
        }
    }
}
