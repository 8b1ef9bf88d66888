namespace Muster.Git;

/// <summary>Reads what a file of git attributes asks for that a program may stand behind.</summary>
internal static class AttributeLines
{
    private static readonly string[] Programs = ["filter", "merge", "diff"];

    /// <summary>The attributes with a value that name a driver, also inside macros.</summary>
    public static IEnumerable<(string Attribute, string Driver)> ProgramsIn(string text)
    {
        foreach (var line in text.Split('\n').Select(l => l.TrimStart(' ', '\t', '\r', '\uFEFF')).Where(l => l.Length > 0 && l[0] != '#'))
        {
            // The pattern may be quoted and hold spaces; taking its words for attributes too can only find more.
            foreach (var word in line.Split([' ', '\t', '\r', '"'], StringSplitOptions.RemoveEmptyEntries))
            {
                if (word.Split('=', 2) is [var name, var driver] && Programs.Contains(name) && driver.Length > 0)
                {
                    yield return (name, driver);
                }
            }
        }
    }
}
