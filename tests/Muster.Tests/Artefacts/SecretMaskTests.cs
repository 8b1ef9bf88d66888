using Muster.Artefacts;

namespace Muster.Tests.Artefacts;

/// <summary>Secrets are masked in any text, and no text makes the search for them slow (security.md: resource theft).</summary>
public sealed class SecretMaskTests
{
    private static readonly string Token = "eyJ" + new string('h', 20) + ".eyJ" + new string('p', 20) + "." + new string('s', 43);

    /// <summary>Each beginning that is no secret once cost a walk to the end of the text.</summary>
    [Theory]
    [InlineData("eyJ-")]
    [InlineData("eyJ-----------------.")]
    [InlineData("eyJaaaaaaaaaaaaaaaaa.eyJ")]
    [InlineData("-----BEGIN ")]
    [InlineData("-----BEGIN PRIVATE KEY-----\n")]
    [InlineData("a://a:")]
    [InlineData("xoxb-")]
    [InlineData("AccountKey=")]
    [InlineData("hf_")]
    public void A_text_made_to_be_slow_is_masked_all_the_same(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, 3_200_000 / part.Length)) + " " + Token;

        Assert.DoesNotContain(Token, SecretMask.Apply(text), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ghp_0123456789012345678901234567890123456", "ghp_**** (41 characters)")]
    [InlineData("key-AKIA0123456789ABCDEF.", "key-AKIA**** (20 characters).")]
    [InlineData("postgres://user:hunter2hunter2@db", "postgres://user:hunt**** (14 characters)@db")]
    [InlineData("x -----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----; y", "x ----**** (66 characters); y")]
    [InlineData("a commit 0123456789abcdef0123456789abcdef01234567 is none", "a commit 0123456789abcdef0123456789abcdef01234567 is none")]
    public void A_secret_is_cut_to_its_first_characters(string text, string masked) => Assert.Equal(masked, SecretMask.Apply(text));

    [Fact]
    public void A_web_token_is_masked_wherever_it_begins() =>
        Assert.Equal($"a-eyJh**** ({Token.Length} characters) b", SecretMask.Apply($"a-{Token} b"));
}
