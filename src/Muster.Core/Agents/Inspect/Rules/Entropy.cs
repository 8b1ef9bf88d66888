namespace Muster.Agents.Inspect.Rules;

/// <summary>How unforeseeable a text is: words are below about 3.2 bits a character, keys that a machine made above 3.5.</summary>
internal static class Entropy
{
    /// <summary>Shannon's entropy of the characters, in bits a character.</summary>
    public static double BitsPerCharacter(string text)
    {
        var counts = new Dictionary<char, int>();
        foreach (var c in text)
        {
            counts[c] = counts.GetValueOrDefault(c) + 1;
        }

        return counts.Values.Select(count => (double)count / text.Length).Sum(share => -share * Math.Log2(share));
    }
}
