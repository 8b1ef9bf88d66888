using System.Text.RegularExpressions;
using Muster.Artefacts;
using YamlDotNet.RepresentationModel;

namespace Muster.Agents.Inspect.Checks;

/// <summary>Risks in compose files: privileges, the Docker socket, passwords in the file, databases open to the network.</summary>
public sealed partial class ComposeCheck : ICheck
{
    private static readonly string[] DatabasePorts = ["3306", "5432", "6379", "27017", "9200", "5984", "1433", "11211", "9042"];

    /// <inheritdoc/>
    public string Id => "compose";

    /// <inheritdoc/>
    public IEnumerable<Finding> Run(CheckContext context, CancellationToken cancellationToken)
    {
        foreach (var file in context.Scope.Where(f => NamePattern().IsMatch(f.Name)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var lines = file.ReadLines();
            foreach (var (name, service) in YamlTree.Read(file.ReadText()).Get("services").Pairs())
            {
                foreach (var finding in Look(file, lines, name, service))
                {
                    yield return finding;
                }
            }
        }
    }

    private static List<Finding> Look(SourceFile file, string[] lines, string name, YamlNode service)
    {
        var found = new List<Finding>();

        // All advice: whose machine the file is for, and who reaches it there, is not in it.
        void Add(int line, string rule, string message) =>
            found.Add(CheckFinding.At(file, lines, line, Severity.Minor, rule, $"service {CheckFinding.Shown(name)} {message}"));
        if (service.Get("privileged").Text() == "true")
        {
            Add(service.LineOf("privileged"), "compose-privileged", "runs privileged, that is, as root of the host; name the capabilities it needs with cap_add");
        }

        if (service.Get("network_mode").Text() == "host")
        {
            Add(service.LineOf("network_mode"), "compose-host-network", "shares the host's network; publish the ports it needs");
        }

        if (service.Get("image").Text() is { } image && !image.Contains('$') && !image.Contains('@') && TagOf(image) is "" or "latest")
        {
            Add(service.LineOf("image"), "compose-moving-image", $"uses {CheckFinding.Shown(service.Get("image").Text()!)} without a fixed tag; pin a version");
        }

        foreach (var volume in service.Get("volumes").Items())
        {
            if ((volume.Text() ?? volume.Get("source").Text() ?? string.Empty).Contains("docker.sock", StringComparison.Ordinal))
            {
                Add((int)volume.Start.Line, "compose-docker-socket", "mounts the Docker socket and so commands the host; use a proxy that allows only what it needs");
            }
        }

        foreach (var port in service.Get("ports").Items())
        {
            if (port.Text() is { } text && OpenPort().Match(text) is { Success: true } open && DatabasePorts.Contains(open.Groups["port"].Value))
            {
                Add((int)port.Start.Line, "compose-open-database", $"publishes port {open.Groups["port"].Value} on all interfaces; bind it to 127.0.0.1 or leave it to the internal network");
            }
        }

        var variables = Variables(service.Get("environment")).ToList();
        foreach (var (variable, value, line) in variables)
        {
            // A password that is the user's or the database's name is for trying out, and hides nothing.
            if (SecretName().IsMatch(variable) && !variable.EndsWith("_FILE", StringComparison.OrdinalIgnoreCase) && !PlaceholderValue().IsMatch(value)
                && !variables.Exists(other => !SecretName().IsMatch(other.Name) && other.Value == value))
            {
                Add(line, "compose-literal-secret", $"has a literal value for {CheckFinding.Shown(variable)}; take it from the environment or a secret");
            }
        }

        return found;
    }

    private static IEnumerable<(string Name, string Value, int Line)> Variables(YamlNode? environment)
    {
        foreach (var (key, value) in environment.Pairs())
        {
            yield return (key, value.Text() ?? string.Empty, (int)value.Start.Line);
        }

        foreach (var item in environment.Items())
        {
            if (item.Text()?.Split('=', 2) is [var name, var value])
            {
                yield return (name, value, (int)item.Start.Line);
            }
        }
    }

    private static string TagOf(string image) => image.LastIndexOf(':') is var at && at > image.LastIndexOf('/') ? image[(at + 1)..] : string.Empty;

    [GeneratedRegex(@"^(?:docker-)?compose(?:\.[a-z0-9_-]+)*\.ya?ml$", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"^(?:0\.0\.0\.0:)?[0-9]+:(?<port>[0-9]+)(?:/tcp)?$", RegexOptions.NonBacktracking)]
    private static partial Regex OpenPort();

    [GeneratedRegex(@"PASSWORD|PASSWD|SECRET|API_?KEY|PRIVATE_KEY|ACCESS_TOKEN|AUTH_TOKEN", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex SecretName();

    /// <summary>Empty, from outside, a file's name, or plainly not the real one.</summary>
    [GeneratedRegex(
        @"^$|\$\{?|^/|^<|_FILE$|^(?:true|false|yes|no|[0-9]{1,5})$|example|change.?(?:me|it)|placeholder|dummy|test|dev|local|password|postgres|root|admin|secret|xxx",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex PlaceholderValue();
}
