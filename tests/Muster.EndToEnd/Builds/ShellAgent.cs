namespace Muster.EndToEnd.Builds;

/// <summary>A program that plays every role of a build as its script has it, under the run's keeper, and notes each step that it was started for.</summary>
internal static class ShellAgent
{
    /// <summary>Writes the program, and what it copies, into the project's home.</summary>
    /// <param name="project">The project.</param>
    /// <param name="script">Whose modules it builds.</param>
    /// <param name="more">Shell code that runs before it does its work, with <c>$role</c> and <c>$beside</c>.</param>
    /// <returns>The words for <c>--program</c>.</returns>
    public static string Write(BuildProject project, BuildScript script, string more = "")
    {
        foreach (var (path, text) in script.Contracts())
        {
            project.Muster.Write(Path.Combine("parts", "architect", path), text);
        }

        project.Muster.Write("parts/bootstrap/training/bootstrap.jsonl", BuildScript.Pair());
        project.Muster.Write("parts/curate/brains/architect.md", "# Architect\n\nThe shop stands.\n");
        foreach (var part in script.Parts)
        {
            project.Muster.Write(Path.Combine("parts", "scaffold", part.Skeleton), $"# {part.Name}\n");
            foreach (var (path, text) in part.Files)
            {
                project.Muster.Write(Path.Combine("parts", "build-" + part.Name, path), text);
            }
        }

        project.Muster.Write("parts/ship/CHANGELOG.md", "# Changelog\n");
        return "sh " + project.Muster.Write("agent.sh", $$"""
            #!/bin/sh
            set -e
            cat > /dev/null
            parts={{project.Muster.Home}}/parts
            role=${MUSTER_TASK%%/*}
            beside=$(dirname "$MUSTER_OUTPUT")
            echo "$MUSTER_TASK" >> {{project.Muster.Home}}/ledger
            {{more}}
            case "$role" in
              architect|bootstrap|curate) cp -R "$parts/$role/." "$beside/" ;;
              scaffold|ship) cp -R "$parts/$role/." "$MUSTER_ROOT/" ;;
              build) module=${MUSTER_TASK#build/}; cp -R "$parts/build-${module%%/*}/." "$MUSTER_ROOT/" ;;
            esac
            printf '# %s\n\n## Findings\n\n- none\n\n<!-- DONE -->\n' "$role" > "$MUSTER_OUTPUT"
            echo "Done. $role."
            """);
    }

    /// <summary>Steps that it was started for, in order.</summary>
    public static string[] Ledger(BuildProject project) => File.ReadAllLines(Path.Combine(project.Muster.Home, "ledger"));
}
