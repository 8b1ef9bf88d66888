using System.Globalization;

namespace Muster.Plans;

/// <summary>Numbers as people write them: 200, 1_000, 3M, 2.50.</summary>
public static class Quantity
{
    /// <summary>Reads one; k, M and G stand for thousands, millions and thousands of millions.</summary>
    public static bool TryParse(string text, out decimal number)
    {
        number = 0;
        if (text.Length == 0)
        {
            return false;
        }

        var (digits, factor) = text[^1] switch { 'k' or 'K' => (text[..^1], 1_000m), 'M' => (text[..^1], 1_000_000m), 'G' => (text[..^1], 1_000_000_000m), _ => (text, 1m) };
        if (!decimal.TryParse(digits.Replace("_", string.Empty), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var plain)
            || Math.Abs(plain) > 1e18m)
        {
            return false;
        }

        number = plain * factor;
        return true;
    }
}
