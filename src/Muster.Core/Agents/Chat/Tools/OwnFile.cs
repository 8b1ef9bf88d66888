namespace Muster.Agents.Chat.Tools;

/// <summary>The attempt's own file, in its own directory.</summary>
internal static class OwnFile
{
    /// <summary>Puts a new file in the place of whatever is there: a link is replaced, never written through.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var fresh = path + ".new";
        File.Delete(fresh);
        using (var file = new FileStream(fresh, FileMode.CreateNew, FileAccess.Write))
        {
            file.Write(content);
        }

        File.Move(fresh, path, overwrite: true);
    }
}
