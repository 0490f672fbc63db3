package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// said runs a command line in this process and returns what it says of a failure.
func said(t *testing.T, args ...string) (words string, exit int) {
	t.Helper()
	var out, errOut bytes.Buffer
	exit = run(args, &out, &errOut)
	if exit != done && out.Len() > 0 {
		t.Errorf("%v: a failure on standard output: %s", args, out.String())
	}
	return errOut.String(), exit
}

// nothingSet keeps the machine's own settings out of a test.
func nothingSet(t *testing.T) {
	t.Helper()
	for _, kv := range os.Environ() {
		if name, _, _ := strings.Cut(kv, "="); strings.HasPrefix(name, "INTERLOCK_") {
			t.Setenv(name, "")
		}
	}
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	unsetEmpty() // t.Setenv puts them back in the end
}

// What is wrong with a command line is said in one sentence of our own.
func TestUsage(t *testing.T) {
	nothingSet(t)
	for line, want := range map[string]string{
		"":                                `This program needs one of its commands (serve, import, `,
		"lunch":                           `This program has no command lunch: see "interlock --help".`,
		"camp":                            `This program has no command camp; perhaps campaign: see "interlock --help".`,
		"--nope":                          `This program has no flag --nope: see "interlock --help".`,
		"campaign":                        `campaign needs one of its commands (preview, launch, status, `,
		"campaign lunch":                  `campaign has no command lunch; perhaps launch: see "interlock campaign --help".`,
		"import":                          `import needs <bundle> and --source NAME: see "interlock import --help".`,
		"import x":                        `import needs --source NAME: see "interlock import --help".`,
		"import --source x":               `import needs <bundle>: see "interlock import --help".`,
		"import --jsno":                   `import has no flag --jsno; perhaps --json: see "interlock import --help".`,
		"import -x":                       `import has no flag -x`,
		"import a b --source x":           `import does not take b after its arguments: see "interlock import --help".`,
		"import a --source":               `--source needs a value after it: see "interlock import --help".`,
		"import a --source --json":        `--source needs a value after it: see "interlock import --help".`,
		"import a --source x --json=oh":   `--json is "oh", which is neither true nor false: see "interlock import --help".`,
		"import a --source x --dry-run=2": `--dry-run is "2", which is neither true nor false: see "interlock import --help".`,
		"campaign status one":             `<id> is "one", which is not a whole number: see "interlock campaign status --help".`,
		"campaign status":                 `campaign status needs <id>: see "interlock campaign status --help".`,
		"campaign decide 1":               `campaign decide needs --reviewer EMAIL and --file FILE: see "interlock campaign decide --help".`,
		"evidence export x -o y":          `<id> is "x", which is not a whole number: see "interlock evidence export --help".`,
		"evidence export 1 -o":            `--out needs a value after it: see "interlock evidence export --help".`,
		"reach --csv --json":              `--json and --csv do not go together: see "interlock reach --help".`,
		"version --log-level loud":        `--log-level is "loud", which is none of debug, info, warn, error: see "interlock version --help".`,
		"version --smtp-port 1.5":         `--smtp-port is "1.5", which is not a whole number: see "interlock version --help".`,
		"version --smtp-port 70000":       `--smtp-port is 70000: a port is a number from 1 to 65535.`,
		"version --timezone Mars/Olympus": `--timezone is "Mars/Olympus", which is no time zone: use an IANA name such as Europe/Stockholm.`,
		"version --url interlock.example": `--url is "interlock.example", which a browser cannot open: write it as https://interlock.example.com.`,
	} {
		got, exit := said(t, strings.Fields(line)...)
		if exit != usage || !strings.HasPrefix(got, "interlock: "+want) || !strings.HasSuffix(got, ".\n") || strings.Count(got, "\n") != 1 {
			t.Errorf("interlock %s: exit %d, %s\nwant %s", line, exit, got, want)
		}
	}
}

// A setting that cannot be read is refused with the name of its place.
func TestSettingsAreChecked(t *testing.T) {
	nothingSet(t)
	file := filepath.Join(t.TempDir(), "settings.json")
	for text, want := range map[string]string{
		``:                            `The settings file FILE is not a JSON object (it is empty): write it as {"addr": "127.0.0.1:9000"}.`,
		`[1]`:                         `The settings file FILE is not a JSON object (see line 1): write it as {"addr": "127.0.0.1:9000"}.`,
		`null`:                        `The settings file FILE is not a JSON object (see line 1): write it as {"addr": "127.0.0.1:9000"}.`,
		"{\n\"addr\": \"x\",\n}":      `The settings file FILE is not a JSON object (see line 3): write it as {"addr": "127.0.0.1:9000"}.`,
		`{"addr": "x"} more`:          `The settings file FILE is not a JSON object (see line 1): write it as {"addr": "127.0.0.1:9000"}.`,
		`{"adr": "x"}`:                `The settings file FILE sets "adr", which is no setting: it may hold addr, data, `,
		`{"yes": true}`:               `The settings file FILE sets "yes", which is no setting: it may hold addr, data, `,
		`{"smtp-port": {}}`:           `In the settings file FILE, "smtp-port" is neither text, a number, true, false nor a list of texts: write it as one of these.`,
		`{"smtp-port": "many"}`:       `"smtp-port" in FILE is "many", which is not a whole number.`,
		`{"smtp-port": 1.5}`:          `"smtp-port" in FILE is "1.5", which is not a whole number.`,
		`{"smtp-port": -1}`:           `"smtp-port" in FILE is -1: a port is a number from 1 to 65535.`,
		`{"log-level": "loud"}`:       `"log-level" in FILE is "loud", which is none of debug, info, warn, error.`,
		`{"timezone": "Mars"}`:        `"timezone" in FILE is "Mars", which is no time zone: use an IANA name such as Europe/Stockholm.`,
		`{"url": "here"}`:             `"url" in FILE is "here", which a browser cannot open: write it as https://interlock.example.com.`,
		`{"database-url": "nothing"}`: "",
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		t.Setenv("INTERLOCK_CONFIG", file)
		refusedWith(t, text, strings.ReplaceAll(want, "FILE", file))
	}
	t.Setenv("INTERLOCK_CONFIG", file+"x")
	refusedWith(t, "no file", "The settings file "+file+"x, which INTERLOCK_CONFIG names, is not there: write it, or unset INTERLOCK_CONFIG.")
	t.Setenv("INTERLOCK_CONFIG", filepath.Dir(file))
	refusedWith(t, "a folder", "The settings file "+filepath.Dir(file)+" cannot be read: check that it is a file and who may read it.")
	t.Setenv("INTERLOCK_CONFIG", "")
	for kv, want := range map[string]string{
		"INTERLOCK_SMTP_PORT=many":   `INTERLOCK_SMTP_PORT is "many", which is not a whole number.`,
		"INTERLOCK_LOG_LEVEL=loud":   `INTERLOCK_LOG_LEVEL is "loud", which is none of debug, info, warn, error.`,
		"INTERLOCK_TIMEZONE=Mars":    `INTERLOCK_TIMEZONE is "Mars", which is no time zone: use an IANA name such as Europe/Stockholm.`,
		"INTERLOCK_URL=ftp://a.test": `INTERLOCK_URL is "ftp://a.test", which a browser cannot open: write it as https://interlock.example.com.`,
	} {
		name, value, _ := strings.Cut(kv, "=")
		t.Setenv(name, value)
		refusedWith(t, kv, want)
		t.Setenv(name, "")
		unsetEmpty()
	}
	refusedWith(t, "nothing", "")
}

// refusedWith runs a command that needs settings only; want is what they are
// refused with, nothing if they are fine.
func refusedWith(t *testing.T, what, want string) {
	t.Helper()
	got, exit := said(t, "version")
	if want == "" && exit == done && got == "" {
		return
	}
	if want == "" || exit != refused || !strings.HasPrefix(got, "interlock: "+want) || !strings.HasSuffix(got, ".\n") || strings.Count(got, "\n") != 1 {
		t.Errorf("%s: exit %d, %s\nwant %s", what, exit, got, want)
	}
}

// Flags win over the environment, which wins over the file.
func TestWhichSettingWins(t *testing.T) {
	nothingSet(t)
	file := filepath.Join(t.TempDir(), "settings.json")
	if err := os.WriteFile(file, []byte("\ufeff"+`{"org": "file", "smtp-port": 26, "demo": true, "trusted-proxy": ["10.0.0.1", "10.0.0.2"], "addr": ":9"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("INTERLOCK_CONFIG", file)
	read := func(args ...string) commands {
		var c commands
		c.files = usualFiles()
		parser, err := newParser(&c, &printer{out: &output{Writer: &bytes.Buffer{}}, errOut: &bytes.Buffer{}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parser.Parse(args); err != nil {
			t.Fatal(err)
		}
		return c
	}
	c := read("serve")
	if c.Serve.Org != "file" || c.SMTPPort != 26 || !c.Serve.Demo || strings.Join(c.Serve.TrustedProxy, " ") != "10.0.0.1 10.0.0.2" || c.Timezone != "UTC" {
		t.Errorf("from the file: %+v", c)
	}
	t.Setenv("INTERLOCK_ORG", "environment")
	if c := read("serve"); c.Serve.Org != "environment" {
		t.Errorf("from the environment: %s", c.Serve.Org)
	}
	if c := read("serve", "--org", "flag"); c.Serve.Org != "flag" {
		t.Errorf("from the flag: %s", c.Serve.Org)
	}
}

// Links lead to where serve listens, unless it is said where people find it.
func TestLinksFollowTheAddress(t *testing.T) {
	nothingSet(t)
	name, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	for addr, want := range map[string]string{
		"127.0.0.1:9000": "http://127.0.0.1:9000", ":9000": "http://" + name + ":9000", "0.0.0.0:80": "http://" + name + ":80",
		"[::]:9000": "http://" + name + ":9000", "[::1]:9000": "http://[::1]:9000", "plant.example:9000": "http://plant.example:9000",
	} {
		if got := linkTo(addr); got != want {
			t.Errorf("%s: %s, want %s", addr, got, want)
		}
	}
	s := settings{}
	if got := s.mail().BaseURL; got != "http://127.0.0.1:8080" {
		t.Error(got)
	}
	t.Setenv("INTERLOCK_ADDR", "127.0.0.1:9100")
	if got := s.mail().BaseURL; got != "http://127.0.0.1:9100" {
		t.Error(got)
	}
	s.URL = "https://interlock.example.com/"
	if got := s.mail().BaseURL; got != "https://interlock.example.com" {
		t.Error(got)
	}
}

// Each command's help shows its own flags first and at least one example of it.
func TestHelp(t *testing.T) {
	nothingSet(t)
	var c commands
	c.files = usualFiles()
	parser, err := newParser(&c, &printer{out: &output{Writer: &bytes.Buffer{}}, errOut: &bytes.Buffer{}})
	if err != nil {
		t.Fatal(err)
	}
	leaves := parser.Model.Leaves(true)
	if len(leaves) < 20 {
		t.Fatalf("only %d commands", len(leaves))
	}
	for _, leaf := range leaves {
		typed := leaf.FullPath()
		for _, args := range [][]string{append(strings.Fields(typed)[1:], "--help"), append([]string{"help"}, strings.Fields(typed)[1:]...)} {
			help := helpOf(t, args)
			_, rest, _ := strings.Cut(help, "Example")
			example, _, _ := strings.Cut(rest, "\nFlags:")
			if !strings.Contains(example, typed) {
				t.Errorf("%v has no example", args)
			}
			own, common := strings.Index(help, "\nFlags:"), strings.Index(help, "\nSettings of every command:")
			if own < 0 || common < own {
				t.Errorf("%v: its own flags do not come before the common ones:\n%s", args, help)
			}
		}
	}
	if help := helpOf(t, []string{"help"}); !strings.Contains(help, "campaign launch") {
		t.Error(help)
	}
}

// helpOf is what a command line that asks for help prints.
func helpOf(t *testing.T, args []string) string {
	t.Helper()
	var c commands
	c.files = usualFiles()
	var out bytes.Buffer
	parser, err := newParser(&c, &printer{out: &output{Writer: &out}, errOut: &out})
	if err != nil {
		t.Fatal(err)
	}
	exited := -1
	kong.Exit(func(code int) { exited = code; panic("exit") }).Apply(parser)
	func() {
		defer func() { _ = recover() }()
		_, _ = parser.Parse(helpWord(args))
	}()
	if exited != done {
		t.Errorf("%v: exit %d", args, exited)
	}
	return out.String()
}
