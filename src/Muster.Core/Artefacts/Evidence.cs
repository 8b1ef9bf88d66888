namespace Muster.Artefacts;

/// <summary>What the engine saw when it looked where a finding points.</summary>
/// <param name="IsGrounded">Whether the place exists, lies in the task's scope and holds what the finding quotes.</param>
/// <param name="WhyNot">What is missing, in words that follow "ungrounded:"; null when nothing is.</param>
/// <param name="SuppressedBecause">The reason that a comment <c>muster:ignore RULE because …</c> gives; null when there is none.</param>
/// <param name="LineHash">16 hexadecimal digits that name the line's text, or the path where no line is named.</param>
/// <param name="Remark">What a reader should know beside, such as an ignore comment without a reason; null when nothing is.</param>
public sealed record Evidence(bool IsGrounded, string? WhyNot, string? SuppressedBecause, string LineHash, string? Remark = null);
