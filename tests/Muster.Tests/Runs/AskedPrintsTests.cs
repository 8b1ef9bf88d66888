using System.Security.Cryptography;
using CsCheck;
using Muster.Runs;

namespace Muster.Tests.Runs;

public sealed class AskedPrintsTests
{
    private const int Workers = 12;

    [Fact]
    public void A_worker_that_was_never_asked_has_its_rows_fingerprint_and_a_coordinator_none()
    {
        var table = DrivenRun.Table(Workers);
        var asked = new AskedPrints(table);

        Assert.True(table.Count > table.WorkerCount);
        Assert.All(Enumerable.Range(0, table.Count), step => Assert.Equal(step < Workers ? table[step].Fingerprint : default, asked[step]));
    }

    [Fact]
    public void What_was_set_last_is_what_is_read_for_every_step() =>
        Gen.Select(Gen.Int[0, DrivenRun.Table(Workers).Count - 1], Gen.Int[0, 3]).Array[0, 60].Sample(sets =>
        {
            var table = DrivenRun.Table(Workers);
            var asked = new AskedPrints(table);
            var model = Enumerable.Range(0, table.Count).ToDictionary(step => step, step => step < Workers ? table[step].Fingerprint : default);
            foreach (var (step, value) in sets)
            {
                model[step] = asked[step] = value == 0 ? table[step].Fingerprint : Hash256.Of(SHA256.HashData([(byte)value])); // 0: as its row has it.
            }

            return model.All(pair => asked[pair.Key] == pair.Value);
        });
}
