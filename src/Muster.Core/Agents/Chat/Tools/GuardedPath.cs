namespace Muster.Agents.Chat.Tools;

/// <summary>A path that <see cref="PathGuard"/> let through, as the kernel is asked for it.</summary>
/// <param name="Directory">Absolute path of the directory that it may not leave.</param>
/// <param name="Relative">The path beneath it, with forward slashes; empty for the directory itself.</param>
internal readonly record struct GuardedPath(string Directory, string Relative)
{
    public string Full => Relative.Length == 0 ? Directory : Path.Combine(Directory, Relative);
}
