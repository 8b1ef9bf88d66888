using System.Text.RegularExpressions;
using Muster.Artefacts;
using YamlDotNet.RepresentationModel;

namespace Muster.Agents.Inspect.Checks;

/// <summary>Looks at GitHub workflows for what lets strangers run code or lends them rights.</summary>
public sealed partial class WorkflowsCheck : ICheck
{
    private static readonly HashSet<string> OpenTriggers =
    [
        "pull_request_target", "issues", "issue_comment", "discussion", "discussion_comment", "pull_request_review",
        "pull_request_review_comment", "workflow_run", "fork", "gollum", "workflow_call",
    ];

    private const int MostNamed = 4;
    private const string FileNames = @"steps\.[\w-]+\.outputs\.(?:all_)?(?:changed|modified|added|renamed|deleted)(?:_and_modified)?_files\b";

    private static readonly HashSet<string> StrongPermissions = ["packages", "id-token", "actions", "deployments", "pages"];

    /// <inheritdoc/>
    public string Id => "workflows";

    /// <inheritdoc/>
    public IEnumerable<Finding> Run(CheckContext context, CancellationToken cancellationToken)
    {
        var owners = new Lazy<HashSet<string>>(() => RepositoryOwners.Of(context.Tree, cancellationToken));
        foreach (var file in context.Scope)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (PathPattern().IsMatch(file.Path) && YamlTree.Read(file.ReadText()) is { } root && root.Get("jobs") is YamlMappingNode jobs)
            {
                foreach (var finding in Look(new(file, file.ReadLines(), owners), root, jobs).OrderBy(found => found.Line))
                {
                    yield return finding;
                }
            }
        }
    }

    private static List<Finding> Look(Place place, YamlMappingNode root, YamlMappingNode jobs)
    {
        var triggers = Triggers(root.Get("on"));
        var found = new List<Finding>();
        var seen = new HashSet<YamlNode>(ReferenceEqualityComparer.Instance);
        var moving = new List<MovingAction>();
        var told = new HashSet<string>();
        LookAtRights(place, root, triggers, jobs, found);
        LookAtEnvironment(place, root, found);
        foreach (var (_, job) in jobs.Pairs().Where(pair => seen.Add(pair.Value)))
        {
            var holdsRights = HoldsRights(place, root, job);
            LookAtEnvironment(place, job, found);
            LookAtRunner(place, job, triggers, found);
            LookAtUses(place, job, holdsRights, told, moving);
            if (job.Get("secrets").Text() == "inherit" && told.Add("secrets"))
            {
                found.Add(place.At(job.LineOf("secrets"), Severity.Minor, "workflow-secrets-inherit",
                    "the called workflow gets every secret of this repository; hand over only the secrets that it needs", "inherit"));
            }

            if (job.Get("steps") is not { } steps || !seen.Add(steps))
            {
                continue;
            }

            foreach (var step in steps.Items().Where(seen.Add))
            {
                LookAtEnvironment(place, step, found);
                LookAtUses(place, step, holdsRights, told, moving);
                LookAtCheckout(place, job, step, triggers, found);
                LookAtScript(place, step.Get("run"), triggers, told, found);
                if (step.Get("uses").Text()?.StartsWith("actions/github-script@", StringComparison.Ordinal) == true)
                {
                    LookAtScript(place, step.Get("with").Get("script"), triggers, told, found);
                }
            }
        }

        TellMoving(place, moving, found);
        return found;
    }

    private static HashSet<string> Triggers(YamlNode? on) => on switch
    {
        YamlScalarNode { Value: { } one } => [one],
        YamlSequenceNode many => [.. many.Children.Select(item => item.Text()).OfType<string>()],
        _ => [.. on.Pairs().Select(pair => pair.Key)],
    };

    private static void LookAtRights(Place place, YamlMappingNode root, HashSet<string> triggers, YamlMappingNode jobs, List<Finding> found)
    {
        var all = jobs.Pairs().Select(pair => pair.Value).OfType<YamlMappingNode>().Distinct(ReferenceEqualityComparer.Instance).Cast<YamlNode>();
        foreach (var owner in all.Prepend(root).Where(owner => owner.Get("permissions").Text() == "write-all"))
        {
            found.Add(place.At(owner.LineOf("permissions"), Severity.Minor, "workflow-permissions-write-all",
                "the token may write to everything; grant only the permissions that the jobs need", "write-all"));
        }

        var isOnlyCalled = triggers.Count > 0 && triggers.All(trigger => trigger == "workflow_call");
        if (root.Get("permissions") is null && !isOnlyCalled
            && jobs.Pairs().FirstOrDefault(pair => pair.Value is YamlMappingNode && pair.Value.Get("permissions") is null) is ({ } job, not null))
        {
            found.Add(place.At(jobs.LineOf(job), Severity.Minor, "workflow-permissions-missing",
                $"the job {CheckFinding.Shown(job)} gets the repository's default token rights; set permissions, at best contents: read", job));
        }
    }

    private static void LookAtEnvironment(Place place, YamlNode owner, List<Finding> found)
    {
        const string Name = "ACTIONS_ALLOW_UNSECURE_COMMANDS";
        if (owner.Get("env") is { } env && string.Equals(env.Get(Name).Text(), "true", StringComparison.OrdinalIgnoreCase))
        {
            found.Add(place.At(env.LineOf(Name), Severity.Major, "workflow-unsecure-commands",
                "printed text may set variables and the path of later steps; write to GITHUB_ENV and GITHUB_PATH instead", Name));
        }
    }

    private static void LookAtRunner(Place place, YamlNode job, HashSet<string> triggers, List<Finding> found)
    {
        var runsOn = job.Get("runs-on");
        var labels = runsOn is YamlMappingNode ? runsOn.Get("labels") : runsOn;
        if (triggers.Overlaps(["pull_request", "pull_request_target"]) && !IsForOwnBranches(job.Get("if").Text())
            && !Excludes(job.Get("if").Text())
            && labels.Items(orSelf: true).FirstOrDefault(label => label.Text() == "self-hosted") is { } own)
        {
            found.Add(place.At((int)own.Start.Line, Severity.Minor, "workflow-self-hosted-pull-request",
                "a pull request runs its code on your own machine; use hosted runners for pull requests or let only own branches in", "self-hosted"));
        }
    }

    private static void LookAtUses(Place place, YamlNode owner, bool holdsRights, HashSet<string> told, List<MovingAction> moving)
    {
        if (owner.Get("uses") is YamlScalarNode { Value: { } uses } node && UsesPattern().IsMatch(uses)
            && !ByTagOnlyPattern().IsMatch(uses) && told.Add($"{uses} {holdsRights}"))
        {
            var isWorthMore = holdsRights && !VendorPattern().IsMatch(uses) && !place.Owners.Value.Contains(uses.Split('/')[0].ToLowerInvariant());
            var isOfficial = uses.StartsWith("actions/", StringComparison.OrdinalIgnoreCase) || uses.StartsWith("github/", StringComparison.OrdinalIgnoreCase);
            moving.Add(new(uses, (int)node.Start.Line, isOfficial, isWorthMore));
        }
    }

    /// <summary>One finding for each kind: thirty lines that say the same are read by nobody.</summary>
    private static void TellMoving(Place place, List<MovingAction> moving, List<Finding> found)
    {
        var strong = moving.Where(action => !action.IsOfficial && action.HoldsRights).ToList();
        var weak = moving.Where(action => !action.IsOfficial && !action.HoldsRights && strong.TrueForAll(other => other.Uses != action.Uses)).ToList();
        var official = moving.Where(action => action.IsOfficial).DistinctBy(action => action.Uses).ToList();
        // A branch is changed by every push there; that a tag was or will be moved is no more than possible.
        Tell([.. strong.Where(action => BranchPattern().IsMatch(action.Uses))], Severity.Major, "workflow-action-not-pinned",
            "other parties' code that changes with every push to its branch and runs with this repository's secrets or publishing rights; pin it to a full commit id");
        Tell([.. strong.Where(action => !BranchPattern().IsMatch(action.Uses))], Severity.Minor, "workflow-action-not-pinned",
            "other parties' code that can change under a tag or branch and would run with this repository's secrets or publishing rights; pin it to a full commit id");
        Tell(weak, Severity.Minor, "workflow-action-not-pinned", "other parties' code that can change under a tag or branch; pin it to a full commit id");
        Tell(official, Severity.Minor, "workflow-official-action-not-pinned", "GitHub's own, which can be moved by tag; pin it to a full commit id");

        void Tell(List<MovingAction> actions, Severity severity, string rule, string why)
        {
            if (actions.Count > 0)
            {
                var names = string.Join(", ", actions.Take(MostNamed).Select(action => $"{CheckFinding.Shown(action.Uses)} (line {action.Line})"));
                var more = actions.Count > MostNamed ? $" and {actions.Count - MostNamed} more" : string.Empty;
                found.Add(place.At(actions[0].Line, severity, rule, $"{names}{more}: {why}", actions[0].Uses));
            }
        }
    }

    /// <summary>Whether code in the job could do harm beyond it: publish, deploy, or read a secret other than the token of the job itself.</summary>
    private static bool HoldsRights(Place place, YamlNode root, YamlNode job)
    {
        if (job.Get("secrets").Text() == "inherit")
        {
            return true;
        }

        var permissions = job.Get("permissions") ?? root.Get("permissions");
        if (permissions.Text() == "write-all" || permissions.Pairs().Any(pair => pair.Value.Text() == "write" && StrongPermissions.Contains(pair.Key)))
        {
            return true;
        }

        var (first, last) = ((int)job.Start.Line, Math.Min((int)job.End.Line, place.Lines.Length));
        return Enumerable.Range(first, Math.Max(0, last - first + 1)).Any(line => SecretPattern().Matches(place.Lines[line - 1])
            .Any(match => match.Groups["name"].Value is not ("GITHUB_TOKEN" or "CODECOV_TOKEN")));
    }

    private static void LookAtCheckout(Place place, YamlNode job, YamlNode step, HashSet<string> triggers, List<Finding> found)
    {
        if (!triggers.Contains("pull_request_target") || IsForOwnBranches(job.Get("if").Text()) || IsForOwnBranches(step.Get("if").Text()))
        {
            return;
        }

        var isCheckout = step.Get("uses").Text()?.StartsWith("actions/checkout@", StringComparison.OrdinalIgnoreCase) == true;
        var with = step.Get("with");
        YamlNode?[] candidates = isCheckout ? [with.Get("ref"), with.Get("repository")] : [step.Get("run")];
        foreach (var node in candidates.OfType<YamlScalarNode>())
        {
            if ((isCheckout ? HeadPattern() : FetchHeadPattern()).Match(node.Value ?? string.Empty) is { Success: true } match)
            {
                // A gate by label, author or environment narrows who can use it; it does not make the code trusted.
                var isGated = job.Get("environment") is not null || IsGate(job.Get("if").Text()) || IsGate(step.Get("if").Text());
                var quote = FirstLine(match.Value);
                found.Add(place.At(place.LineWith(node, quote), isGated ? Severity.Major : Severity.Critical, "workflow-pull-request-target-checkout",
                    "a stranger's code is checked out with this repository's secrets and a writing token; use pull_request, or do not check out the head",
                    quote));
                return;
            }
        }
    }

    private static void LookAtScript(Place place, YamlNode? script, HashSet<string> triggers, HashSet<string> told, List<Finding> found)
    {
        if (script is not YamlScalarNode { Value: { Length: > 0 } text } node)
        {
            return;
        }

        foreach (var expression in ExpressionPattern().Matches(text).Select(match => match.Value).Where(IsInjection).Distinct().Take(5))
        {
            // Not on pull_request: who opens one may change the workflow itself, and it runs without our secrets and rights.
            var isOpen = triggers.Overlaps(OpenTriggers);
            found.Add(place.At(place.LineWith(node, expression), isOpen ? Severity.Major : Severity.Minor,
                "workflow-script-injection",
                $"{CheckFinding.Shown(expression)} is a stranger's text and becomes part of the script; hand it over in env and use the quoted variable",
                expression));
        }

        if (text.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n').FirstOrDefault(IsPipedDownload) is { } command && told.Add("download"))
        {
            var quote = command.Trim();
            found.Add(place.At(place.LineWith(node, quote), Severity.Minor, "workflow-piped-download",
                "what is downloaded runs unseen; download a fixed version, compare its checksum, then run it", quote));
        }
    }

    private static bool IsPipedDownload(string line) => !line.AsSpan().TrimStart().StartsWith("#") && PipedDownload.IsIn(line);

    /// <summary>A comparison is true or false, whatever the stranger wrote.</summary>
    private static bool IsInjection(string expression) => StrangerPattern().IsMatch(expression)
        && (expression.Contains("||", StringComparison.Ordinal) || !ComparisonPattern().IsMatch(expression));

    private static bool IsForOwnBranches(string? condition) => condition is not null && OwnBranchPattern().IsMatch(condition);

    private static bool Excludes(string? condition) => condition is not null && EventPattern().IsMatch(condition);

    private static bool IsGate(string? condition) => condition is not null && GatePattern().IsMatch(condition);

    private static string FirstLine(string text) => text.Split('\n')[0].Trim();

    [GeneratedRegex(@"^\.github/workflows/[^/]+\.ya?ml$", RegexOptions.NonBacktracking)]
    private static partial Regex PathPattern();

    /// <summary>Of another repository, and not at a commit id.</summary>
    [GeneratedRegex(@"^(?!\.|docker:)[A-Za-z0-9_.-]+/[^@\s]+@(?![0-9a-fA-F]{40}(?:[0-9a-fA-F]{24})?$)\S+$", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex UsesPattern();

    [GeneratedRegex("@(?:refs/heads/.*|main|master|develop|dev|trunk|HEAD)$", RegexOptions.NonBacktracking)]
    private static partial Regex BranchPattern();

    [GeneratedRegex(
        @"github\.event\.pull_request\.head\.(?:sha|ref|repo\.full_name)|github\.head_ref|refs/pull/|github\.event\.pull_request\.merge_commit_sha",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex HeadPattern();

    [GeneratedRegex(
        @"\bgh\s+pr\s+checkout\b|\bgit\s+(?:fetch|checkout|pull)\b[^\n]*(?:pull/\$|github\.head_ref|pull_request\.head\.(?:sha|ref))",
        RegexOptions.NonBacktracking)]
    private static partial Regex FetchHeadPattern();

    [GeneratedRegex(@"\$\{\{[^}]{1,500}\}\}", RegexOptions.NonBacktracking)]
    private static partial Regex ExpressionPattern();

    [GeneratedRegex(
        @"github\.event\.(?:[a-z_]+\.)?(?:title|body)\b|github\.head_ref\b|pull_request\.head\.(?:ref|label|repo\.default_branch)\b"
        + @"|github\.event\.(?:head_commit|commits\[?.{1,5}|commits\.\*)\.?(?:message|author\.(?:name|email))\b"
        + @"|github\.event\.workflow_run\.(?:head_branch|display_title|head_commit\.(?:message|author\.(?:name|email)))\b"
        + @"|github\.event\.pages.{1,5}page_name"
        + "|" + FileNames, // A file's name is the stranger's too.
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex StrangerPattern();

    [GeneratedRegex(@"[=!]=|\b(?:contains|startsWith|endsWith|hashFiles)\(", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex ComparisonPattern();

    [GeneratedRegex(@"head\.repo\.(?:full_name|fork|owner\.login)|head\.repo\.id|user\.login\s*==\s*'[a-z-]+\[bot\]'", RegexOptions.NonBacktracking)]
    private static partial Regex OwnBranchPattern();

    [GeneratedRegex(@"event_name\s*(?:!=\s*'pull_request'|==\s*'(?:push|schedule|workflow_dispatch|release)')", RegexOptions.NonBacktracking)]
    private static partial Regex EventPattern();

    [GeneratedRegex(@"\blabels?\b|author_association|github\.actor|user\.login|sender\.", RegexOptions.NonBacktracking)]
    private static partial Regex GatePattern();

    /// <summary>Publishers that a repository trusts anyway: of its registry, its cloud or its language.</summary>
    [GeneratedRegex(
        "^(?:docker|azure|microsoft|aws-actions|google-github-actions|googleapis|hashicorp|cloudflare|nuget|dotnet|pypa|ruby|rubygems|gradle|rust-lang|dtolnay|anthropics|golang|denoland|oven-sh|pnpm|php-actions|codecov|sigstore)/",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex VendorPattern();

    /// <summary>Its verifier asks for a tag in place of a commit, and says so.</summary>
    [GeneratedRegex("^slsa-framework/slsa-github-generator/\\.github/workflows/", RegexOptions.NonBacktracking)]
    private static partial Regex ByTagOnlyPattern();

    [GeneratedRegex(@"\bsecrets\.(?<name>[A-Za-z_][A-Za-z0-9_]*)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex SecretPattern();

    /// <summary>Code of another repository that can change without a commit here.</summary>
    private sealed record MovingAction(string Uses, int Line, bool IsOfficial, bool HoldsRights);

    private sealed record Place(SourceFile File, string[] Lines, Lazy<HashSet<string>> Owners)
    {
        public Finding At(int line, Severity severity, string rule, string message, string? quote) =>
            CheckFinding.At(File, Lines, line, severity, rule, message, quote);

        /// <summary>The 1-based line of a scalar that holds a text; the scalar's own when none does.</summary>
        public int LineWith(YamlScalarNode node, string text)
        {
            var first = (int)node.Start.Line;
            for (var line = first; line <= Math.Min((int)node.End.Line, Lines.Length); line++)
            {
                if (Lines[line - 1].Contains(text, StringComparison.Ordinal))
                {
                    return line;
                }
            }

            return first;
        }
    }
}
