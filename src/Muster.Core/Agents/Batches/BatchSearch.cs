using Muster.Agents.Chat;

namespace Muster.Agents.Batches;

/// <summary>Looks whether a batch that was sent, and whose answer was lost, is among the account's batches.</summary>
/// <remarks>
/// A list shows how many requests a batch has and when it was made; what is in it shows only when it has ended. So whatever may be it is
/// waited for, and it is it when its results name our attempts.
/// </remarks>
internal sealed class BatchSearch(BatchApi api, BatchLog log, BatchOptions options, TimeProvider time)
{
    private readonly HashSet<string> others = new(StringComparer.Ordinal);

    /// <summary>The batch's name, which the log then knows; null when there is no such batch, which the log knows likewise.</summary>
    /// <param name="record">What was meant.</param>
    /// <param name="isLeft">Whether nobody waits for it any more.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="AttemptUndecidedException">It cannot be told.</exception>
    public async Task<string?> FindAsync(BatchRecord record, Func<bool> isLeft, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        for (var look = 1; !isLeft(); look++)
        {
            TimeSpan? asked = null;
            try
            {
                var (found, open) = await LookAsync(record, cancellationToken);
                if (found is not null)
                {
                    log.Made(record, found);
                    return found;
                }

                if (open == 0 && time.GetUtcNow() - record.At >= options.Arrival)
                {
                    RequireTelling(record);
                    log.None(record, "it is not among the account's batches");
                    return null;
                }

                if (open > 0 && time.GetElapsedTime(began) > options.Doubt)
                {
                    throw new AttemptUndecidedException(
                        $"its batch was sent and the answer lost; {(open == 1 ? "a batch of the account may be it and has" : $"{open} batches of the account may be it and have")} not ended, which alone would show");
                }
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested && BatchPatience.IsOfTheLine(e))
            {
                asked = BatchPatience.Passing(e, "its batch was sent and the answer lost; the account's batches cannot be listed", time.GetUtcNow());
            }

            await Task.Delay(asked ?? BatchPatience.Wait(options, look), time, cancellationToken);
        }

        return null;
    }

    /// <summary>The batch, where it shows, and how many may be it that have not ended.</summary>
    private async Task<(string? Found, int Open)> LookAsync(BatchRecord record, CancellationToken cancellationToken)
    {
        var open = 0;
        await foreach (var batch in api.ListAsync(cancellationToken))
        {
            if (batch.Created < record.At - options.Skew)
            {
                break; // The list is by age.
            }

            if (batch.Created > record.At + options.Upload + options.Skew || batch.Requests != record.Keys.Length
                || others.Contains(batch.Id) || log.IsAnother(record, batch.Id))
            {
                continue;
            }

            if (!batch.HasEnded)
            {
                open++;
            }
            else if (await IsItAsync(record, batch.Id, cancellationToken))
            {
                return (batch.Id, 0);
            }
            else
            {
                others.Add(batch.Id);
            }
        }

        return (null, open);
    }

    private async Task<bool> IsItAsync(BatchRecord record, string id, CancellationToken cancellationToken)
    {
        var keys = record.Keys.ToHashSet();
        try
        {
            await foreach (var (key, _) in api.ResultsAsync(id, cancellationToken))
            {
                return key is { } one && keys.Contains(one);
            }
        }
        catch (ProviderException e) when ((int?)e.Status is 403 or 404 or 410)
        {
            throw new AttemptUndecidedException($"its batch was sent and the answer lost; {id} of the account may be it and does not show its results: {e.Message.TrimEnd('.')}");
        }

        throw new AttemptUndecidedException($"its batch was sent and the answer lost; {id} of the account may be it and has no results");
    }

    /// <summary>Whether a batch's absence says that it is not there.</summary>
    private void RequireTelling(BatchRecord record)
    {
        if (api.Account != record.Account)
        {
            throw new AttemptUndecidedException("its batch was sent with another key or to another address, and the answer lost; it is not among the batches of the account of now");
        }

        if (time.GetUtcNow() - record.At > options.Kept)
        {
            throw new AttemptUndecidedException($"its batch was sent on {record.At:yyyy-MM-dd} and the answer lost; the provider does not keep batches for so long");
        }
    }
}
