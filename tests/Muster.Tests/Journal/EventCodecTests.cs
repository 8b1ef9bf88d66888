using System.Reflection;
using Muster.Journal;
using Muster.Runs;

namespace Muster.Tests.Journal;

/// <summary>Fault 56: what was once written can always be read.</summary>
public sealed class EventCodecTests
{
    [Fact]
    public void Every_event_has_a_name_on_disk_and_survives_the_way_there_and_back()
    {
        foreach (var type in typeof(RunEvent).GetNestedTypes(BindingFlags.Public).Where(t => t.IsSubclassOf(typeof(RunEvent))))
        {
            var e = (RunEvent)Sample(type);
            var read = EventCodec.Read("run.db", 1, EventCodec.NameOf(e), EventCodec.CurrentVersion, EventCodec.Write(e));

            Assert.Equal(System.Text.Encoding.UTF8.GetString(EventCodec.Write(e)), System.Text.Encoding.UTF8.GetString(EventCodec.Write(read)));
        }
    }

    [Fact]
    public void A_body_that_is_no_json_is_told_as_damage() =>
        Assert.Throws<JournalException>(() => EventCodec.Read("run.db", 7, "step-skipped", 1, "{"u8));

    [Fact]
    public void The_golden_journal_of_version_1_folds_to_what_it_always_did()
    {
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Journal", "Golden", "v1.txt"));
        var table = GoldenPlan.Table();
        var run = new RunState(table);
        for (var i = 0; i < lines.Length; i++)
        {
            var parts = lines[i].Split(' ', 3);
            var e = EventCodec.Read("v1.txt", i + 1, parts[0], int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture), System.Text.Encoding.UTF8.GetBytes(parts[2]));
            run.Evolve(new(i + 1, 1, new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero).AddSeconds(i), e));
        }

        Assert.Equal(RunStatus.CompleteWithGaps, run.Status);
        Assert.Equal("3 planned, 2 launched, 1 verified, 1 failed, 1 skipped", run.Census.ToString());
        Assert.Equal(new Usage(1_200, 34, 0.5m), run.Spent);
        Assert.Equal("no output file was written", run.ReasonOf(1));
    }

    private static object Sample(Type type)
    {
        if (type == typeof(string))
        {
            return "text";
        }

        if (type == typeof(RunHeader))
        {
            return GoldenPlan.Header;
        }

        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return Sample(inner);
        }

        if (type.IsValueType && type.GetConstructors().Length == 0)
        {
            return Activator.CreateInstance(type)!;
        }

        if (type == typeof(DateTimeOffset))
        {
            return new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        }

        if (type.IsPrimitive || type.IsEnum || type == typeof(decimal))
        {
            return Convert.ChangeType(1, type.IsEnum ? Enum.GetUnderlyingType(type) : type, System.Globalization.CultureInfo.InvariantCulture) is var one && type.IsEnum
                ? Enum.ToObject(type, one) : one;
        }

        var constructor = type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).First();
        return constructor.Invoke([.. constructor.GetParameters().Select(p => Sample(p.ParameterType))]);
    }
}
