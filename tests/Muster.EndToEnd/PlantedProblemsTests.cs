using System.Text.Json;

namespace Muster.EndToEnd;

/// <summary>What the inspectors promise to find, planted once each in a repository, and a twin of it in which all of it is done right.</summary>
public sealed class PlantedProblemsTests : IDisposable
{
    private const string Sha = "0123456789abcdef0123456789abcdef01234567";
    private const string Block = "def a():\n";

    private readonly MusterProcess muster = new();

    private static string Secret => "q7Rt2LmZx9Vb" + "4NcW8sKdE1fH";

    private static string AccessKey => "AKIA" + "Q3EGTLBVZ7PFW2MX";

    private static string Repeated => string.Concat(Enumerable.Range(0, 40).Select(i => $"    value_{i} = compute({i}, other_{i})\n"));

    private static IEnumerable<Planted> Problems =>
    [
        new("credentials by format", "src/aws.py", 1, "critical", $"KEY = '{AccessKey}'\n", "KEY = os.environ['KEY']\n"),
        new("credentials by entropy", "src/keys.py", 1, "major", $"SECRET_KEY = '{Secret}'\n", "SECRET_KEY = 'your-secret-key-here-1'\n"),
        new("C#: unsafe deserialisation", "src/Cache.cs", 1, "major", "var f = new BinaryFormatter();\n", "var o = JsonSerializer.Deserialize<Order>(text);\n"),
        new("Python: eval", "src/calc.py", 2, "critical", "def calc():\n    return eval(request.args['x'])\n", "def calc():\n    return int(request.args['x'])\n"),
        new("Python: shell=True", "src/shell.py", 2, "minor", "import subprocess\nsubprocess.run(f'convert {name} out.png', shell=True)\n", "import subprocess\nsubprocess.run(['convert', name, 'out.png'])\n"),
        new("Python: unsafe deserialisation", "src/state.py", 2, "critical", "import pickle\nstate = pickle.loads(request.data)\n", "import json\nstate = json.loads(request.data)\n"),
        new("Python: unsafe YAML", "src/conf.py", 1, "major", "conf = yaml.load(text)\n", "conf = yaml.safe_load(text)\n"),
        new("Python: weak hash for a password", "src/users.py", 1, "minor", "digest = hashlib.md5(password.encode()).hexdigest()\n", "digest = bcrypt.hashpw(password, bcrypt.gensalt())\n"),
        new("Python: SQL built from strings", "src/store.py", 1, "minor", "sql = \"SELECT id FROM users WHERE name = '%s'\" % name\n", "cursor.execute('SELECT id FROM users WHERE name = %s', (name,))\n"),
        new("Python: SQL from the request", "src/find.py", 2, "critical", "name = request.args['name']\nsql = f\"SELECT id FROM users WHERE name = '{name}'\"\n", "name = request.args['name']\ncursor.execute('SELECT id FROM users WHERE name = %s', (name,))\n"),
        new("C#: SQL from the request", "src/Find.cs", 1, "critical", "var q = \"SELECT Id FROM Users WHERE Name = '\" + Request.Query[\"name\"] + \"'\";\n", "var q = \"SELECT Id FROM Users WHERE Name = @name\";\n"),
        new("JavaScript: eval", "src/calc.js", 1, "critical", "const tax = eval(req.body.tax);\n", "const tax = Number(req.body.tax);\n"),
        new("JavaScript: a command from the request", "src/ping.js", 3, "critical", "const { exec } = require('child_process');\nconst host = req.query.host;\nexec('ping ' + host, done);\n", "const { execFile } = require('child_process');\nconst host = req.query.host;\nexecFile('ping', [host], done);\n"),
        new("TypeScript: TLS off", "src/net.ts", 1, "minor", "const agent = new Agent({ rejectUnauthorized: false });\n", "const agent = new Agent({ ca });\n"),
        new("JavaScript: HTML from the address", "src/page.js", 1, "critical", "el.innerHTML = location.hash;\n", "el.textContent = location.hash;\n"),
        new("Go: a command built from values", "src/run.go", 1, "minor", "exec.Command(\"sh\", \"-c\", fmt.Sprintf(\"tar xf %s\", path))\n", "exec.Command(\"tar\", \"xf\", path)\n"),
        new("Go: TLS off", "src/net.go", 1, "minor", "c := &tls.Config{InsecureSkipVerify: true}\n", "c := &tls.Config{RootCAs: pool}\n"),
        new("Go: SQL from the request", "src/find.go", 2, "critical", "name := r.FormValue(\"name\")\nq := fmt.Sprintf(\"SELECT id FROM users WHERE name = '%s'\", name)\n", "name := r.FormValue(\"name\")\nrows := find(\"SELECT id FROM users WHERE name = $1\", name)\n"),
        new("Java: unsafe deserialisation", "src/Server.java", 1, "major", "Object o = new ObjectInputStream(socket.getInputStream()).readObject();\n", "Order o = mapper.readValue(in, Order.class);\n"),
        new("Java: SQL built from strings", "src/Store.java", 1, "minor", "String q = \"SELECT id FROM users WHERE name = '\" + name + \"'\";\n", "String q = \"SELECT id FROM users WHERE name = ?\";\n"),
        new("Java: SQL from the request", "src/Find.java", 2, "critical", "String name = request.getParameter(\"name\");\nString q = \"SELECT id FROM users WHERE name = '\" + name + \"'\";\n", "String name = request.getParameter(\"name\");\nString q = \"SELECT id FROM users WHERE name = ?\";\n"),
        new("Rust: a command built from values", "src/run.rs", 1, "minor", "Command::new(\"sh\").arg(\"-c\").arg(format!(\"tar xf {}\", p)).status()?;\n", "Command::new(\"tar\").arg(\"xf\").arg(p).status()?;\n"),
        new("C: a buffer without a bound", "src/read.c", 1, "critical", "gets(line);\n", "fgets(line, sizeof line, stdin);\n"),
        new("C++: a command built from values", "src/run.cpp", 1, "minor", "system(argv[1]);\n", "posix_spawn(&pid, path, 0, 0, args, env);\n"),
        new("PHP: a command from the request", "src/run.php", 3, "critical", "<?php\n$host = $_GET['host'];\nsystem('ping ' . $host);\n", "<?php\n$host = escapeshellarg($_GET['host']);\nsystem('ping ' . $host);\n"),
        new("PHP: SQL from the request", "src/store.php", 3, "critical", "<?php\n$id = $_GET['id'];\n$q = \"SELECT name FROM users WHERE id = '$id'\";\n", "<?php\n$id = $_GET['id'];\n$q = $db->prepare('SELECT name FROM users WHERE id = ?');\n"),
        new("Ruby: unsafe deserialisation", "app/cart.rb", 1, "critical", "cart = Marshal.load(cookies[:cart])\n", "cart = JSON.parse(cookies[:cart])\n"),
        new("Ruby: SQL from the request", "app/users.rb", 1, "critical", "users = User.where(\"name = '#{params[:name]}'\")\n", "users = User.where('name = ?', params[:name])\n"),
        new("shell: arguments run as code", "deploy/run.sh", 3, "minor", "#!/bin/sh\nset -eu\neval \"$@\"\n", "#!/bin/sh\nset -eu\n\"$@\"\n"),
        new("shell: TLS off to a public host", "deploy/get.sh", 3, "major", "#!/bin/sh\nset -eu\ncurl -k https://get.acme.com/tool.tgz -o tool.tgz\n", "#!/bin/sh\nset -eu\ncurl -fsSL https://get.acme.com/tool.tgz -o tool.tgz\n"),
        new("workflow: not pinned", ".github/workflows/publish.yml", 8, "major", Workflow("push", "packages: write", "uses: somebody/publish@main"), Workflow("push", "packages: write", "uses: somebody/publish@" + Sha)),
        new("workflow: pull_request_target with a checkout", ".github/workflows/target.yml", 10, "critical",
            Workflow("pull_request_target", "contents: read", $"uses: actions/checkout@{Sha}\n        with:\n          ref: ${{{{ github.event.pull_request.head.sha }}}}"),
            Workflow("pull_request_target", "contents: read", $"uses: actions/checkout@{Sha}")),
        new("workflow: script injection", ".github/workflows/triage.yml", 8, "major",
            Workflow("issues", "contents: read", "run: echo \"${{ github.event.issue.title }}\""), Workflow("issues", "contents: read", "run: echo triage")),
        new("workflow: missing permissions", ".github/workflows/lint.yml", 3, "minor", "on: push\njobs:\n  lint:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make\n", Workflow("push", "contents: read", "run: make")),
        new("Dockerfile", "Dockerfile", 2, "minor", "FROM debian:12\nENV API_KEY=abcdef123456\nUSER 1000\n", "FROM debian:12\nUSER 1000\n"),
        new("compose", "compose.yaml", 4, "minor", "services:\n  web:\n    image: nginx:1.27\n    privileged: true\n", "services:\n  web:\n    image: nginx:1.27\n"),
        new("unpinned dependencies", "requirements.txt", 1, "minor", "flask\n", "flask==3.1.0\n"),
        new("missing lock file", "web/package.json", 0, "minor", "{ \"name\": \"web\", \"private\": true, \"dependencies\": { \"express\": \"^5.0.0\" } }\n", "{ \"name\": \"web\", \"private\": true }\n"),
        new("swallowed errors", "src/App.java", 1, "minor", "try { go(); } catch (Exception e) {}\n", "try { go(); } catch (IOException e) { log(e); }\n"),
        new("merge markers", "src/merged.py", 1, "major", "<<<<<<< HEAD\nx = 1\n", "x = 1\n"),
        new("async", "src/Jobs.cs", 1, "minor", "    public async void Run() { await Go(); }\n", "    public async Task Run() { await Go(); }\n"),
        new("async: nobody waits", "src/Sends.cs", 1, "major", "    items.ForEach(async item => await SendAsync(item));\n", "    foreach (var item in items) { await SendAsync(item); }\n"),
        new("locking", "src/Counter.cs", 1, "major", "lock (new object()) { count++; }\n", "lock (gate) { count++; }\n"),
        new("resources", "src/rows.go", 2, "minor", "func rows() error {\n\trows, err := db.Query(\"SELECT id FROM t\")\n\treturn err\n}\n", "func rows() error {\n\trows, err := db.Query(\"SELECT id FROM t\")\n\tdefer rows.Close()\n\treturn rows.Err()\n}\n"),
        new("queries in loops", "src/orders.py", 2, "minor", "for user in users:\n    cursor.execute('SELECT id FROM orders WHERE user_id = %s', (user.id,))\n", "cursor.execute('SELECT id FROM orders WHERE user_id = ANY(%s)', (ids,))\n"),
        new("regex compilation in loops", "src/Words.cs", 3, "minor", "foreach (var line in lines)\n{\n    var r = new Regex(\"[a-z]+\");\n}\n", "var r = new Regex(\"[a-z]+\");\nforeach (var line in lines)\n{\n    Go(r);\n}\n"),
        new("string building in loops", "src/Text.java", 2, "minor", "for (String line : lines) {\n    text += line + \"\\n\";\n}\n", "for (String line : lines) {\n    text.append(line);\n}\n"),
        new("whole-file reads in loops", "src/words.py", 2, "minor", "for word in words:\n    text = open('dictionary.txt').read()\n", "with open('dictionary.txt') as f:\n    text = f.read()\n"),
        new("blocking calls in async code", "src/fetch.py", 2, "major", "async def fetch(url):\n    return requests.get(url)\n", "async def fetch(url):\n    return await client.get(url)\n"),
        new("select *", "src/list.py", 1, "minor", "cursor.execute('SELECT * FROM users')\n", "cursor.execute('SELECT id, name FROM users')\n"),
        new("debt marks with their age", "src/old.py", 1, "minor", "x = 1  # TODO: mend it\n", "x = 1\n"),
        new("binary files", "src/tool.exe", 0, "minor", "MZ\0\0", ""),
        new("oversized files", "src/data.bin", 0, "minor", new string('\0', 12 << 20), "x"),
        new("hot spots", "src/hot.py", 0, "minor", Long("hot"), "x = 1\n"),
        new("duplicate code", "src/twice.py", 1, "minor", Block + Repeated, Block + "    return 1\n"),
        new("broken relative links", "docs/links.md", 3, "minor", "# Links\n\nSee [the guide](missing.md).\n", "# Links\n\nSee [the guide](guide.md).\n"),
        new("broken anchors", "docs/anchors.md", 3, "minor", "# Anchors\n\nSee [there](guide.md#nowhere).\n", "# Anchors\n\nSee [there](guide.md#guide).\n"),
        new("paths that docs name", "docs/paths.md", 3, "minor", "# Paths\n\nIt is in `src/core/engine.py`.\n", "# Paths\n\nIt is in `src/aws.py`.\n"),
        new("commands that docs name", "docs/commands.md", 4, "minor", "# Commands\n\n```sh\nnpm run nosuchscript\n```\n", "# Commands\n\n```sh\ngit status\n```\n"),
        new("licence gaps", "LICENSE", 0, "major", "", "MIT License\n\nPermission is hereby granted, free of charge, to any person obtaining a copy of this software.\n", At: "."),
        new("images without alt text", "site/index.html", 1, "minor", "<html lang=\"en\"><body><p>Text</p><img src=\"logo.png\"></body></html>\n", "<html lang=\"en\"><body><p>Text</p><img src=\"logo.png\" alt=\"The logo\"></body></html>\n"),
    ];

    public void Dispose() => muster.Dispose();

    [Fact]
    public async Task Each_planted_problem_is_found_at_its_line_with_its_severity()
    {
        var found = await AuditAsync(problem => problem.Bad);

        Assert.All(Problems, problem => Assert.True(
            found.Contains($"{problem.At ?? problem.Path}:{problem.Line} {problem.Severity}"),
            $"{problem.Item} is not found at {problem.Path}:{problem.Line} {problem.Severity}; there is {string.Join(", ", found.Where(f => f.StartsWith(problem.At ?? problem.Path, StringComparison.Ordinal)))}"));
        Assert.DoesNotContain(found, f => f.Contains("ignored", StringComparison.Ordinal) || f.Contains("vendor", StringComparison.Ordinal)
            || f.Contains("fixtures", StringComparison.Ordinal) || f.Contains("outside", StringComparison.Ordinal) || f.Contains(".g.cs", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_twin_in_which_all_is_done_right_is_silent() => Assert.Empty(await AuditAsync(problem => problem.Good));

    private static string Workflow(string trigger, string permission, string step) =>
        $"on: {trigger}\npermissions:\n  {permission}\njobs:\n  job:\n    runs-on: ubuntu-24.04\n    steps:\n      - {step}\n";

    private static string Long(string name) => string.Concat(Enumerable.Range(0, 450).Select(i => $"{name}_{i} = {i}\n"));

    /// <summary>Every finding as "path:line severity"; line 0 where the file as a whole is meant.</summary>
    private async Task<HashSet<string>> AuditAsync(Func<Planted, string> content)
    {
        var tree = Path.Combine(muster.Home, "tree");
        Write("README.md", "# A tree\n\nIt is here to be audited, and says so in a sentence that is long enough to count as one.\n\n"
            + "It is used by running its programs, and it is built by nobody; what is in it stands there so that it can be found.\n");
        Write(".gitignore", "ignored/\n");
        Write("docs/guide.md", "# Guide\n\nText.\n");
        Write("tests/test_app.py", "def test_app():\n    assert app()\n");
        Write("tests/fixtures/keys.py", $"KEY = '{AccessKey}'\nSECRET_KEY = '{Secret}'\n");
        Write("src/once.py", Block + Repeated);
        Write("src/made.g.cs", "var f = new BinaryFormatter();\n");
        Write("vendor/lib/calc.py", "x = eval(request.args['x'])\n");
        Write("ignored/aws.py", $"KEY = '{AccessKey}'\n");
        muster.Write("outside/aws.py", $"KEY = '{AccessKey}'\n");
        foreach (var problem in Problems)
        {
            Write(problem.Path, content(problem));
        }

        if (content(Problems.Single(problem => problem.Path == "LICENSE")).Length == 0)
        {
            File.Delete(Path.Combine(tree, "LICENSE"));
        }

        File.CreateSymbolicLink(Path.Combine(tree, "outside"), Path.Combine(muster.Home, "outside"));
        await muster.CommitAsync(tree);
        var busy = await muster.RunToolAsync("sh", "-c", $"cd '{tree}' && for i in $(seq 51); do echo \"last = $i\" >> src/hot.py; git -c user.name=T -c user.email=t@example.org commit -qam $i; done");
        Assert.True(busy.ExitCode == 0, busy.Errors);

        var result = await muster.RunAsync("audit", tree, "--sarif", "out.sarif");

        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
        using var sarif = JsonDocument.Parse(File.ReadAllText(Path.Combine(muster.Home, "out.sarif")));
        return [.. sarif.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray().Select(Told)];

        void Write(string path, string text) => muster.Write("tree/" + path, text);
    }

    private static string Told(JsonElement result)
    {
        var place = result.GetProperty("locations")[0].GetProperty("physicalLocation");
        var line = place.TryGetProperty("region", out var region) ? region.GetProperty("startLine").GetInt32() : 0;
        return $"{place.GetProperty("artifactLocation").GetProperty("uri").GetString()}:{line} {result.GetProperty("properties").GetProperty("severity").GetString()}";
    }

    /// <param name="Item">What of the inspectors' list it is.</param>
    /// <param name="Path">The file that it stands in.</param>
    /// <param name="Line">Its line; 0 for the file as a whole.</param>
    /// <param name="Severity">How bad it is.</param>
    /// <param name="Bad">The file with the problem.</param>
    /// <param name="Good">The file without.</param>
    /// <param name="At">Where it is told when that is not the file.</param>
    private sealed record Planted(string Item, string Path, int Line, string Severity, string Bad, string Good, string? At = null);
}
