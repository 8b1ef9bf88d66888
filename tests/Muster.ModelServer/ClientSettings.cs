namespace Muster.Loopback;

/// <summary>What to set so that each client talks to the server instead of its provider.</summary>
internal static class ClientSettings
{
    public static string For(Uri address)
    {
        var root = address.ToString().TrimEnd('/');
        return $$"""
            Listening on {{root}}. Any key is taken: use one that is none, and an empty HOME.

            claude, and muster --agent anthropic:
              export ANTHROPIC_BASE_URL={{root}} ANTHROPIC_API_KEY=any-key-will-do
              export CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1 DISABLE_TELEMETRY=1 DISABLE_AUTOUPDATER=1
            codex, with a CODEX_HOME that is not under TMPDIR, or its sandbox does not start:
              export REHEARSAL_KEY=any-key-will-do
              codex exec --json --skip-git-repo-check -m rehearsed -c model_provider=rehearsal --disable plugins -c analytics.enabled=false \
                -c 'model_providers.rehearsal={name="rehearsal",base_url="{{root}}/v1",env_key="REHEARSAL_KEY",wire_api="responses"}' PROMPT < /dev/null
            opencode, in ~/.config/opencode/opencode.json:
              {"model":"rehearsal/rehearsed","small_model":"rehearsal/rehearsed","provider":{"rehearsal":{"npm":"@ai-sdk/openai-compatible",
               "options":{"baseURL":"{{root}}/v1","apiKey":"rehearsal"},"models":{"rehearsed":{} } } },"permission":{"edit":"allow","bash":"allow"} }
            gemini:
              export GOOGLE_GEMINI_BASE_URL={{root}} GEMINI_API_KEY=any-key-will-do
            muster --agent openai:
              export OPENAI_BASE_URL={{root}}/v1 OPENAI_API_KEY=any-key-will-do

            """;
    }
}
