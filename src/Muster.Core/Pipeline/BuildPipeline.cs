using Muster.Agents;
using Muster.Artefacts;
using Muster.Dispatch;
using Muster.Pipeline.Stages;
using Muster.Pipeline.Steps;
using Muster.Runs;

namespace Muster.Pipeline;

/// <summary>The parts of a build's engine, put together.</summary>
internal sealed class BuildPipeline
{
    private BuildPipeline(IStepWork work, IAgent engine) => (Work, Engine) = (work, engine);

    /// <summary>How its attempts are prepared and judged.</summary>
    public IStepWork Work { get; }

    /// <summary>Who carries out the steps that are code.</summary>
    public IAgent Engine { get; }

    /// <summary>For one run.</summary>
    public static BuildPipeline Create(RunState run, RunDirectory directory, EngineOptions options)
    {
        var (header, build) = (run.Header, run.Header.Build!);
        var site = new BuildSite(directory, header, options.Time);
        var tests = new TestCommand(TestSandbox.Find(), directory.Path, TimeSpan.FromSeconds(build.TestSeconds), build.TestsUseNetwork);
        var memory = new MemoryFiles(site, options.Time);
        IBuildStage[] stages =
        [
            new ArchitectStage(site), new TrainerStage(site, memory), new ScaffoldStage(site), new BuilderStage(site),
            new ActionStage(site), new QcStage(site), new JudgeStage(site), new ShipperStage(site), new CuratorStage(site, memory),
        ];
        IEngineStep[] steps =
        [
            new CheckStep(site, tests), new ProbeStep(site, new(site)), new MergeStep(site, tests), new RememberStep(site, memory), new ContractStep(site, memory, options.Time),
            new HardenStep(site, header, options), new SyncStep(site, tests), new LandStep(site),
        ];
        return new(new BuildWork(run.Table, header, directory, options.Dispatch, stages, new(site, options.Notice)), new EngineAgent(steps, options.Time));
    }
}
