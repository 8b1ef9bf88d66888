namespace Muster.Plans;

/// <summary>A task as the plan writes it.</summary>
/// <param name="Template">The task; its texts may hold placeholders when there are items.</param>
/// <param name="Items">What the task is repeated over; null for a single task.</param>
/// <param name="At">Where it stands in the plan.</param>
public sealed record PlanTask(TaskSpec Template, ItemSource? Items, PlanText At);
