namespace Muster.Plans;

/// <summary>Guesses which known name somebody meant.</summary>
internal static class NearestName
{
    /// <summary>"Did you mean 'x'?", or the names there are.</summary>
    public static string Advice(string given, IReadOnlyCollection<string> known, string what)
    {
        var nearest = known.Select(name => (name, Distance: Distance(given, name))).OrderBy(x => x.Distance).FirstOrDefault();
        return nearest.name is not null && nearest.Distance <= Math.Max(1, nearest.name.Length / 3)
            ? $"Did you mean '{nearest.name}'?"
            : $"The {what} are: {string.Join(", ", known.Order(StringComparer.Ordinal))}.";
    }

    /// <summary>Edits between two names, a swap of neighbours being one (Damerau 1964, in the form called optimal string alignment).</summary>
    private static int Distance(string a, string b)
    {
        if (a.Length > 100)
        {
            return int.MaxValue;
        }

        int[] older = [], above = [.. Enumerable.Range(0, b.Length + 1)];
        for (var i = 1; i <= a.Length; i++)
        {
            var row = new int[b.Length + 1];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                row[j] = Math.Min(Math.Min(above[j], row[j - 1]) + 1, above[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    row[j] = Math.Min(row[j], older[j - 2] + 1);
                }
            }

            (older, above) = (above, row);
        }

        return above[^1];
    }
}
