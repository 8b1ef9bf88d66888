namespace Muster.Agents.Batches;

/// <summary>One attempt that waits for its answer from a batch.</summary>
/// <param name="key">Its name in batches.</param>
/// <param name="compose">Makes its request; asked only when it is to be sent.</param>
internal sealed class BatchItem(BatchKey key, Func<CancellationToken, Task<byte[]>> compose)
{
    private readonly TaskCompletionSource<BatchAnswer> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Its name in batches.</summary>
    public BatchKey Key => key;

    /// <summary>The request, until it is sent.</summary>
    public byte[]? Request { get; private set; }

    /// <summary>The batch that it waits in; null while it is gathered.</summary>
    public BatchCourse? Course { get; set; }

    /// <summary>How it ended.</summary>
#pragma warning disable VSTHRD003 // Whoever brings the answer completes it; it runs nothing.
    public Task<BatchAnswer> Answer => answer.Task;
#pragma warning restore VSTHRD003

    /// <summary>Makes the request, once.</summary>
    public async Task<byte[]> ComposeAsync(CancellationToken cancellationToken) => Request ??= await compose(cancellationToken);

    /// <summary>It was sent, and its request needs no room any more.</summary>
    public void Sent() => Request = null;

    /// <summary>It ended.</summary>
    public void End(BatchAnswer how) => answer.TrySetResult(how);

    /// <summary>Nothing can be said of it.</summary>
    public void Fail(Exception why) => answer.TrySetException(why);
}
