using System.Reflection;
using System.Text.RegularExpressions;
using Muster.Agents.Inspect;

namespace Muster.Tests.Architecture;

/// <summary>What an agent or an audited file wrote must not hold a pattern up: each is linear or has a time limit.</summary>
public sealed class PatternTests
{
    private const BindingFlags Any = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    [Fact]
    public void Every_pattern_of_the_core_is_linear_or_has_a_time_limit()
    {
        var patterns = typeof(InspectAgent).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(Any).Cast<MemberInfo>().Concat(type.GetProperties(Any)))
            .Select(member => (Member: member, Pattern: member.GetCustomAttribute<GeneratedRegexAttribute>()))
            .Where(found => found.Pattern is not null).ToList();

        Assert.True(patterns.Count > 30);
        Assert.Empty(patterns.Where(found => !found.Pattern!.Options.HasFlag(RegexOptions.NonBacktracking) && found.Pattern.MatchTimeoutMilliseconds is < 1 or > 10_000)
            .Select(found => $"{found.Member.DeclaringType!.Name}.{found.Member.Name}"));
    }
}
